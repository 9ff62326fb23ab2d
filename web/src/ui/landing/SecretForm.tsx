/** A password and a button: for a room that asks for one, and for a new one of one's own. Comes later. */
import { useState } from 'preact/hooks';
import { t } from '../../words';
import '../../styles/card.css';
import '../../words/later';

interface Props {
  /** Answers a sentence where it did not work. */
  readonly go: (secret: string) => Promise<string | null>;
  readonly label: string;
  readonly button: string;
  readonly least: number;
  readonly fresh?: boolean;
}

export function SecretForm({ go, label, button, least, fresh = false }: Props) {
  const [secret, setSecret] = useState('');
  const [busy, setBusy] = useState(false);
  const [no, setNo] = useState<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (Array.from(secret).length < least) {
      setNo(t('secret.short', { count: least }));
      return;
    }
    setBusy(true);
    const sentence = await go(secret);
    setBusy(false);
    setNo(sentence);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label class="label" for="secret">{label}</label>
      <span class="field j-field">
        <input
          id="secret" type="password" value={secret} maxLength={100} autoFocus enterKeyHint="go"
          autoComplete={fresh ? 'new-password' : 'current-password'} aria-describedby={no === null ? undefined : 'secret-no'}
          onInput={(event) => setSecret(event.currentTarget.value)}
        />
      </span>
      <button class="btn btn--primary btn--lg j-go" type="submit" aria-disabled={busy}>{button}</button>
      <p class="t13 j-note" role="alert" id="secret-no">{no !== null && <span class="bad">{no}</span>}</p>
    </form>
  );
}
