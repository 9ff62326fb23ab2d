/** One field for all that one may have: a link to watch, an invite, a spoken code. What it is taken for shows at once. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ensureSession } from '../../api/sessions';
import { joinRoom, makeRoom } from '../../api/rooms';
import * as prefs from '../../prefs';
import { sentence } from '../../room';
import { Refused } from '../../session';
import { t } from '../../words';
import { Icon, type IconName } from '../Icon';
import { RoomPassword } from '../join/RoomPassword';
import { recognise, type Seen } from './recognise';
import '../../words/later';

const ICONS: Readonly<Record<Seen['kind'], IconName>> = {
  way: 'invite', code: 'invite', site: 'film', file: 'film', stream: 'film', link: 'link', scheme: 'alert', words: 'search',
};

function told(seen: Seen): string {
  switch (seen.kind) {
    case 'site':
    case 'file':
    case 'stream':
    case 'link': return t(`start.seen.${seen.kind}`, { name: seen.name });
    case 'way':
    case 'code':
    case 'scheme':
    case 'words': return t(`start.seen.${seen.kind}`);
  }
}

interface Props {
  readonly go: (path: string) => void;
  /** What another program shared with this one. */
  readonly shared: string;
}

export function Start({ go, shared }: Props) {
  const link = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(shared);
  const [name, setName] = useState(prefs.name.get());
  // Asked only of who never said it here.
  const [asksName] = useState(() => prefs.name.get() === '' && prefs.token.get() === null);
  const [byCode, setByCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [no, setNo] = useState<string | null>(null);
  const [locked, setLocked] = useState<string | null>(null);
  const seen = recognise(text, location.origin);
  const joins = seen === null ? byCode : seen.kind === 'way' || seen.kind === 'code';

  useEffect(() => {
    // On a phone the keyboard would hide the page that greets.
    if (matchMedia('(pointer: fine)').matches) link.current?.focus({ preventScroll: true });
  }, []);

  const called = (): string => (name.trim() === '' ? t('landing.guest') : name.trim());
  const lead = async (to: Seen): Promise<string> => {
    if (to.kind === 'way') return to.path;
    if (to.kind === 'scheme') throw new Refused('bad_scheme', t('start.no.scheme'));
    await ensureSession(called());
    return `/r/${await (to.kind === 'code' ? joinRoom(to.code, null) : makeRoom(to.url))}`;
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    // What stands in the field now: whoever pastes and presses Enter is quicker than the next drawing.
    const seen = recognise(link.current?.value ?? text, location.origin);
    if (seen === null) {
      setNo(t(byCode ? 'start.no.code' : 'start.no.link'));
      link.current?.focus();
      return;
    }
    if (name.trim() !== '') prefs.name.set(name.trim());
    setBusy(true);
    setNo(null);
    try {
      go(await lead(seen));
    } catch (error) {
      setBusy(false);
      if (seen.kind === 'code' && error instanceof Refused && error.code === 'room_password_needed') {
        setLocked(seen.code);
        return;
      }
      setNo(sentence(error));
      link.current?.focus();
      link.current?.select();
    }
  };
  if (locked !== null) {
    return (
      <div class="start-locked">
        <RoomPassword room={locked} enter={(room) => go(`/r/${room}`)} />
        <button class="btn btn--link" type="button" onClick={() => setLocked(null)}>{t('start.another')}</button>
      </div>
    );
  }
  const hint = t(byCode ? 'landing.code' : 'landing.link');
  return (
    <form class="start" onSubmit={(event) => void submit(event)} noValidate>
      <span class="field start-field">
        <Icon name={seen === null ? (byCode ? 'invite' : 'link') : ICONS[seen.kind]} />
        <input
          ref={link} id="link" type="text" inputMode={byCode ? 'text' : 'url'} value={text} placeholder={hint} aria-label={t('start.label')}
          aria-describedby="start-seen start-no" aria-invalid={no !== null} autoComplete="off" autoCapitalize="none" spellcheck={false}
          enterKeyHint="go" dir="ltr"
          onInput={(event) => {
            setText(event.currentTarget.value);
            setNo(null);
          }}
        />
        <button class="btn btn--primary btn--lg" type="submit" aria-disabled={busy}>{t(joins ? 'landing.join' : 'landing.start')}</button>
      </span>
      <p class="t13 bad l-no" role="alert" id="start-no">{no}</p>
      <p class="t13 t2 under">
        <span id="start-seen" role="status">{seen === null ? t(byCode ? 'landing.under.code' : 'landing.under') : told(seen)}</span>
        {seen === null && (
          <button
            class="btn btn--link t13" type="button"
            onClick={() => {
              setByCode(!byCode);
              setNo(null);
              link.current?.focus();
            }}
          >
            {t(byCode ? 'landing.by_link' : 'landing.by_code')}
          </button>
        )}
      </p>
      {asksName && (
        <p class="l-name">
          <label class="t13 t2" for="my-name">{t('landing.name')}</label>
          <span class="field">
            <input
              id="my-name" value={name} maxLength={48} autoComplete="nickname" placeholder={t('landing.guest')} dir="auto"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </span>
        </p>
      )}
    </form>
  );
}
