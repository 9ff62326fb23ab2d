/** The front door: start a room with a link, or come in; the rooms of this browser, those that are open to all, and the bots. */
import '../../styles/landing.css';
import { useEffect, useState } from 'preact/hooks';
import { about, type About } from '../../api/about';
import * as prefs from '../../prefs';
import { Refused } from '../../session';
import { t } from '../../words';
import { Couch } from '../Couch';
import { Icon, Logo } from '../Icon';
import { LanguageChoice } from '../settings/Language';
import { OpenRooms } from './OpenRooms';
import { Recent } from './Recent';
import { Start } from './Start';
import '../../words/later';

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

/** What another program shared with the installed page: its link, or the first one in its text. The address forgets it. */
function takeShared(): string {
  const given = new URLSearchParams(location.search);
  const link = given.get('share') ?? /https?:\/\/\S+/.exec(given.get('share_text') ?? '')?.[0] ?? '';
  if (given.has('share') || given.has('share_text')) history.replaceState(null, '', '/');
  return link;
}

/** Chats are named by how they are written to: the sentence stays whole around the command. */
function Bots() {
  const [before = '', after = ''] = t('landing.bots', { command: '\u0000' }).split('\u0000');
  return (
    <p class="bots t2">
      <Icon name="discord" /><Icon name="telegram" />
      <span>{before}<code>/watch</code>{after}</span>
    </p>
  );
}

export function Landing({ go }: Props) {
  const [shared] = useState(takeShared);
  const [here, setHere] = useState<About | null>(null);
  const [offline, setOffline] = useState(false);
  useEffect(() => {
    document.title = t('product');
    const ask = (): void => {
      about().then(
        (said) => {
          setHere(said);
          setOffline(false);
        },
        (error: unknown) => setOffline(error instanceof Refused && error.code === 'offline'),
      );
    };
    const lost = (): void => setOffline(true);
    ask();
    addEventListener('online', ask);
    addEventListener('offline', lost);
    return () => {
      removeEventListener('online', ask);
      removeEventListener('offline', lost);
    };
  }, []);
  return (
    <div class="landing">
      <a class="skip" href="#link" onClick={(event) => { event.preventDefault(); document.getElementById('link')?.focus(); }}>{t('landing.skip')}</a>
      <header class="l-top">
        <a class="hstack" href="/" aria-label={t('home')}><Logo /><span class="wordmark">{t('product')}</span></a>
        <div class="hstack">
          {here?.discord != null && (
            <a class="btn btn--quiet" href={here.discord} target="_blank" rel="noopener"><Icon name="discord" />{t('landing.add_discord')}</a>
          )}
          {here?.telegram != null && (
            <a class="btn btn--quiet" href={here.telegram} target="_blank" rel="noopener"><Icon name="telegram" />{t('landing.add_telegram')}</a>
          )}
          <ThemeButton />
        </div>
      </header>
      <div role="status">
        {offline && (
          <p class="banner l-offline"><Icon name="offline" /><span><b>{t('gone.offline')}.</b> {t('gone.offline.text')}</span></p>
        )}
      </div>
      <main>
        <section class="hero">
          <div class="screen on-film"><img src="/dusk.svg" alt="" /><Couch heads={4} seat={false} /></div>
          <div class="hero-in">
            <h1>{t('landing.title')}</h1>
            <p class="lede">{t('landing.lede')}</p>
            <Start go={go} shared={shared} />
          </div>
        </section>
        <Recent go={go} shared={shared} />
        <OpenRooms go={go} />
        <Bots />
        {here !== null && (here.discord !== null || here.telegram !== null) && (
          <p class="bots-add">
            {here.discord !== null && <a class="btn" href={here.discord} target="_blank" rel="noopener"><Icon name="discord" />{t('landing.add_discord')}</a>}
            {here.telegram !== null && <a class="btn" href={here.telegram} target="_blank" rel="noopener"><Icon name="telegram" />{t('landing.add_telegram')}</a>}
          </p>
        )}
      </main>
      <footer class="l-foot t13 t3">
        <span>{location.host}</span>
        {here !== null && here.version !== '' && <span>{`${t('product')} ${here.version}`}</span>}
        <span class="grow" />
        <LanguageChoice id="l-language" />
        {here?.source != null && <a href={here.source} rel="noopener">{t('landing.source')}</a>}
        <a href="/api/v1/docs">{t('landing.developers')}</a>
      </footer>
    </div>
  );
}
