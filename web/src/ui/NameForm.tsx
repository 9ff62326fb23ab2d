/** A name and a button: the only thing asked of a guest. */
import { useState } from 'preact/hooks';
import * as prefs from '../prefs';
import { t } from '../words';
import { Icon } from './Icon';

interface Props {
  readonly go: (name: string) => Promise<string | null>;
  readonly note?: string;
}

/** `go` answers a sentence where it did not work. */
export function NameForm({ go, note }: Props) {
  const [name, setName] = useState(prefs.name.get());
  const [busy, setBusy] = useState(false);
  const [no, setNo] = useState<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = name.trim();
    if (busy) return;
    if (text === '') {
      setNo(t('join.name.missing'));
      document.getElementById('name')?.focus();
      return;
    }
    prefs.name.set(text);
    setBusy(true);
    const sentence = await go(text);
    setBusy(false);
    setNo(sentence);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label class="label" for="name">{t('join.name')}</label>
      <span class="field j-field">
        <input
          id="name" value={name} maxLength={48} autoComplete="nickname" autoFocus dir="auto" enterKeyHint="go"
          aria-describedby={no === null ? undefined : 'name-no'} onInput={(event) => setName(event.currentTarget.value)}
        />
      </span>
      <button class="btn btn--primary btn--lg j-go" type="submit" aria-disabled={busy}>
        <Icon name="play" />
        {t('join.go')}
      </button>
      <p class="t13 j-note" role="alert" id="name-no">{no !== null && <span class="bad">{no}</span>}</p>
      {no === null && note !== undefined && <p class="t13 t2 j-note">{note}</p>}
    </form>
  );
}
