/** A name and a button: the only thing asked of a guest; and the room's password, where it has one. */
import { useRef, useState } from 'preact/hooks';
import * as prefs from '../../prefs';
import { t } from '../../words';
import { Icon, type IconName } from '../Icon';
import '../../words/later';

interface Props {
  /** Answers a sentence where it did not work. */
  readonly go: (name: string, password: string | null) => Promise<string | null>;
  readonly note?: string;
  readonly asksPassword?: boolean;
  /** What the button says. */
  readonly word?: string;
  readonly icon?: IconName;
}

export function NameForm({ go, note, asksPassword = false, word, icon = 'play' }: Props) {
  const [name, setName] = useState(prefs.name.get());
  const [busy, setBusy] = useState(false);
  const [no, setNo] = useState<string | null>(null);
  const nameField = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = name.trim();
    if (busy) return;
    if (text === '') {
      setNo(t('join.name.missing'));
      nameField.current?.focus();
      return;
    }
    const password = asksPassword ? (secret.current?.value ?? '') : null;
    if (password === '') {
      setNo(t('join.password.missing'));
      secret.current?.focus();
      return;
    }
    prefs.name.set(text);
    setBusy(true);
    const sentence = await go(text, password);
    setBusy(false);
    setNo(sentence);
    if (sentence !== null) secret.current?.select();
  };
  const described = no === null ? undefined : 'name-no';
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <label class="label" for="name">{t('join.name')}</label>
      <span class="field j-field">
        <input
          ref={nameField} id="name" value={name} maxLength={48} autoComplete="nickname" autoFocus={!asksPassword || name === ''} dir="auto"
          enterKeyHint="go" aria-describedby={described} aria-invalid={no !== null && name.trim() === ''} onInput={(event) => setName(event.currentTarget.value)}
        />
      </span>
      {asksPassword && (
        <>
          <label class="label j-second" for="room-password">{t('secret.room')}</label>
          <span class="field j-field">
            <input
              ref={secret} id="room-password" type="password" maxLength={100} autoComplete="current-password" enterKeyHint="go"
              autoFocus={name !== ''} aria-describedby={described}
            />
          </span>
        </>
      )}
      <button class="btn btn--primary btn--lg j-go" type="submit" aria-disabled={busy}>
        <Icon name={icon} />
        {word ?? t('join.go')}
      </button>
      <p class="t13 j-note" role="alert" id="name-no">{no !== null && <span class="bad">{no}</span>}</p>
      {no === null && note !== undefined && <p class="t13 t2 j-note">{note}</p>}
    </form>
  );
}
