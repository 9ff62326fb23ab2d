/** The page of who runs the server: asks for a key, then shows what there is, tab by tab. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Card } from '../ui/Card';
import { Logo } from '../ui/Icon';
import { SecretForm } from '../ui/landing/SecretForm';
import { LanguageChoice } from '../ui/settings/Language';
import { t } from '../words';
import { Bans } from './Bans';
import { isOff, overview } from './calls';
import { DeskContext, keep, kept, type Desk } from './key';
import { Keys } from './Keys';
import { Log } from './Log';
import { Overview } from './Overview';
import { saying } from './parts';
import { People } from './People';
import { Rooms } from './Rooms';
import './operator.css';
import '../styles/parts.css';
import '../words/later';

const TABS = { overview: Overview, rooms: Rooms, people: People, keys: Keys, bans: Bans, log: Log } as const;
/** For how long what was done is said, in milliseconds. */
const SAID = 6000;

type Tab = keyof typeof TABS;
const NAMES = Object.keys(TABS) as readonly Tab[];

const tabOf = (hash: string): Tab => NAMES.find((name) => `#${name}` === hash) ?? 'overview';

/** Asks for the key, or says that nobody can have one yet. */
function Gate({ enter, why }: { readonly enter: (key: string) => void; readonly why: string | null }) {
  const [off, setOff] = useState(false);
  useEffect(() => void isOff().then(setOff), []);
  if (off) {
    return (
      <Card heads={0} picture={null} above={t('product')} title={t('op.off')} foot={location.host}>
        <p class="t2">{t('op.off.text')}</p>
        <pre class="op-how"><code>{'[auth]\nbootstrap_key = "…"'}</code></pre>
        <p class="t2">{t('op.off.or')}</p>
        <pre class="op-how"><code>onecouch key create --name me --scope admin</code></pre>
      </Card>
    );
  }
  const go = async (key: string): Promise<string | null> => {
    try {
      await overview(key.trim());
      enter(key.trim());
      return null;
    } catch (error) {
      return saying(error);
    }
  };
  return (
    <Card heads={0} picture={null} above={t('product')} title={t('op.title')} foot={t('op.key.where')}>
      {why !== null && <p class="bad" role="alert">{why}</p>}
      <SecretForm go={go} label={t('op.key')} button={t('op.enter')} least={1} />
    </Card>
  );
}

export function OperatorPage() {
  const [key, setKey] = useState(kept);
  const [why, setWhy] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const tabs = useRef<HTMLElement>(null);
  const [tab, setTab] = useState<Tab>(() => tabOf(location.hash));
  useEffect(() => {
    document.title = t('op.title');
    const moved = (): void => setTab(tabOf(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  // What was done is said for a while, and not beside something else.
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => setSaid(''), SAID);
    return () => clearTimeout(timer);
  }, [said]);
  useEffect(() => tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' }), [tab, key]);
  const leave = (because: string | null): void => {
    keep(null);
    setKey(null);
    setWhy(because);
    setSaid('');
  };
  const desk = useMemo<Desk | null>(() => (key === null ? null : { key, say: setSaid, leave }), [key]);
  if (desk === null) {
    return (
      <Gate
        why={why}
        enter={(good) => {
          keep(good);
          setWhy(null);
          setKey(good);
        }}
      />
    );
  }
  const Shown = TABS[tab];
  return (
    <DeskContext.Provider value={desk}>
      <div class="op">
        <header class="op-top">
          <a class="hstack" href="/" aria-label={t('home')}><Logo /><span class="wordmark">{t('product')}</span></a>
          <h1 class="t13 t2 grow">{t('op.title')}</h1>
          <LanguageChoice id="op-language" />
          <button class="btn btn--quiet" type="button" onClick={() => leave(null)}>{t('op.leave')}</button>
        </header>
        <nav class="op-tabs" ref={tabs} aria-label={t('op.title')}>
          {NAMES.map((name) => <a key={name} class="op-tab" href={`#${name}`} aria-current={name === tab ? 'page' : undefined}>{t(`op.${name}`)}</a>)}
        </nav>
        <main class="op-main" key={tab}><Shown /></main>
        <p class="op-said" role="status">{said}</p>
      </div>
    </DeskContext.Provider>
  );
}
