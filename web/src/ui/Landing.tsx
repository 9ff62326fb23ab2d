/** The front door: paste a link and start, or come in by a code or an invite; and the rooms this browser was in. */
import '../styles/landing.css';
import { useRef, useState } from 'preact/hooks';
import { ensureSession, findRoom, makeRoom } from '../api';
import * as prefs from '../prefs';
import { sentence } from '../room';
import { agoText, clockText, t } from '../words';
import { Couch } from './Couch';
import { Icon, Logo } from './Icon';
import { LinkField } from './LinkField';
import { Thumb, vars } from './parts';
import '../words/later';

interface Props {
  readonly go: (path: string) => void;
}

function ThemeButton() {
  const [theme, setTheme] = useState(document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark');
  const other = theme === 'light' ? 'dark' : 'light';
  const word = t(`theme.use_${other}`);
  return (
    <button
      class="icon-btn" type="button" aria-label={word} title={word}
      onClick={() => {
        prefs.theme.set(other);
        setTheme(other);
      }}
    >
      <Icon name="sun" />
    </button>
  );
}

function Recent({ go }: Props) {
  const [rooms, setRooms] = useState(prefs.recentRooms.get());
  if (rooms.length === 0) return null;
  const now = Date.now();
  return (
    <section class="rooms" aria-labelledby="h-mine">
      <div class="rooms-head"><h2 id="h-mine">{t('landing.rooms')}</h2><span class="t13 t3">{t('landing.rooms.where')}</span></div>
      <ul class="cards">
        {rooms.map((room) => {
          const part = room.position_ms !== null && room.duration_ms !== null ? (room.position_ms / room.duration_ms) * 100 : null;
          return (
            <li key={room.id}>
              <a
                class="card" href={`/r/${room.id}`}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                  event.preventDefault();
                  go(`/r/${room.id}`);
                }}
              >
                <span class="card-pic">
                  <Thumb item={{ thumbnail: room.thumbnail, duration_ms: null }} />
                  {part !== null && <span class="prog" style={vars({ '--p': `${part}%` })} />}
                </span>
                <span class="card-b">
                  <b class="clip" dir="auto">{room.title}</b>
                  <span class="t13 t2 clip">
                    {room.film ?? t('landing.nothing')}
                    {room.film !== null && room.position_ms !== null && <><span class="dot" />{clockText(room.position_ms)}</>}
                  </span>
                  <span class="t12 t3">{t('landing.used', { ago: agoText(room.used, now) })}</span>
                </span>
              </a>
              <button
                class="icon-btn icon-btn--sm card-x" type="button" aria-label={t('landing.forget', { title: room.title })}
                title={t('landing.forget', { title: room.title })}
                onClick={() => {
                  prefs.recentRooms.forget(room.id);
                  setRooms(prefs.recentRooms.get());
                }}
              >
                <Icon name="x" size={16} />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** An invite link, a link to a room, a token or a spoken code: where it leads. */
async function whereTo(text: string): Promise<string> {
  const path = /\/(j|r)\/([\w-]+)\/?$/.exec(text.split(/[?#]/)[0] ?? '');
  if (path !== null) return `/${path[1] ?? 'j'}/${path[2] ?? ''}`;
  const word = text.replace(/[\s-]/g, '');
  if (/^[A-Za-z0-9]{16}$/.test(word)) return `/j/${word}`;
  return `/r/${await findRoom(word.toUpperCase())}`;
}

export function Landing({ go }: Props) {
  const name = useRef<HTMLInputElement>(null);
  const [no, setNo] = useState<string | null>(null);
  const [byCode, setByCode] = useState(false);
  const signedIn = (): Promise<void> => {
    const text = name.current?.value.trim() ?? '';
    if (text !== '') prefs.name.set(text);
    return ensureSession(text === '' ? t('landing.guest') : text);
  };
  const attempt = async (deed: () => Promise<string>): Promise<boolean> => {
    setNo(null);
    try {
      await signedIn();
      go(await deed());
      return true;
    } catch (error) {
      setNo(sentence(error));
      return false;
    }
  };
  return (
    <div class="landing">
      <a class="skip" href="#link">{t('landing.skip')}</a>
      <header class="l-top">
        <a class="hstack" href="/" aria-label={t('home')}><Logo /><span class="wordmark">{t('product')}</span></a>
        <ThemeButton />
      </header>
      <main>
        <section class="hero">
          <div class="screen on-film"><img src="/dusk.svg" alt="" /><Couch heads={4} seat={false} /></div>
          <div class="hero-in">
            <h1>{t('landing.title')}</h1>
            <p class="lede">{t('landing.lede')}</p>
            {byCode ? (
              <LinkField
                key="code" icon="invite" class="start-field" placeholder={t('landing.code')} label={t('landing.code')} autofocus id="link"
                give={(text) => attempt(() => whereTo(text))}
              >
                <button class="btn btn--primary btn--lg" type="submit">{t('landing.join')}</button>
              </LinkField>
            ) : (
              <LinkField
                key="link" icon="link" class="start-field" placeholder={t('landing.link')} label={t('link.label')} autofocus id="link"
                give={(url) => attempt(async () => `/r/${await makeRoom(url)}`)}
              >
                <button class="btn btn--primary btn--lg" type="submit">{t('landing.start')}</button>
              </LinkField>
            )}
            <p class="t13 bad l-no" role="alert">{no}</p>
            <p class="t13 t2 under">
              <span>{t(byCode ? 'landing.under.code' : 'landing.under')}</span>
              <button class="btn btn--link t13" type="button" onClick={() => { setByCode(!byCode); setNo(null); }}>
                {t(byCode ? 'landing.by_link' : 'landing.by_code')}
              </button>
            </p>
            <p class="l-name">
              <label class="t13 t2" for="my-name">{t('landing.name')}</label>
              <span class="field">
                <input ref={name} id="my-name" defaultValue={prefs.name.get()} maxLength={48} autoComplete="nickname" placeholder={t('landing.guest')} dir="auto" />
              </span>
            </p>
          </div>
        </section>
        <Recent go={go} />
        <p class="bots t2">
          <Icon name="discord" /><Icon name="telegram" /><span>{t('landing.bots.before')} <code>/watch</code> {t('landing.bots.after')}</span>
        </p>
      </main>
      <footer class="l-foot t13 t3">
        <span>{location.host}</span>
        <a href="/api/v1/docs">{t('landing.developers')}</a>
      </footer>
    </div>
  );
}
