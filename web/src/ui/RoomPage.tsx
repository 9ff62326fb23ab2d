/** The room: opens it, greets who has no name yet, and lays out film and panel. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ensureSession } from '../api';
import * as prefs from '../prefs';
import { OpenRoom, sentence } from '../room';
import { t } from '../words';
import { expose } from '../debug';
import { Card } from './Card';
import { RoomContext, useRoom, useRoomState, useWatch } from './hooks';
import { later } from './Later';
import { useKeys } from './keys';
import { useMediaSession } from './mediaSession';
import { NameForm } from './NameForm';
import { NowPlaying } from './NowPlaying';
import { Panel, type Tab } from './Panel';
import { Spinner } from './parts';
import { Stage } from './Stage';
import { TopBar } from './TopBar';

const Bars = later(() => import('./Bars').then((part) => part.Bars));
const UpNext = later(() => import('./UpNext').then((part) => part.UpNext));
const Ended = later(() => import('./Ended').then((part) => part.Ended));
const KeyHelp = later(() => import('./KeyHelp').then((part) => part.KeyHelp));

export function RoomPage({ id }: { readonly id: string }) {
  const [known, setKnown] = useState(prefs.token.get() !== null);
  const [room, setRoom] = useState<OpenRoom | null>(null);
  useEffect(() => {
    if (!known) return undefined;
    const watches = !new URLSearchParams(location.search).has('chat');
    const opened = new OpenRoom(id, watches);
    expose(opened);
    setRoom(opened);
    return () => opened.close();
  }, [id, known]);
  if (!known) {
    const go = async (name: string): Promise<string | null> => {
      try {
        await ensureSession(name);
        setKnown(true);
        return null;
      } catch (error) {
        return sentence(error);
      }
    };
    return <Card heads={0} picture={null} above={t('product')} title={t('join.room')}><NameForm go={go} /></Card>;
  }
  if (room === null) return null;
  return <RoomContext.Provider value={room}><Inside key={room.id} /></RoomContext.Provider>;
}

function Inside() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const link = useWatch(room.session, () => room.session.link);
  const [tab, setTab] = useState<Tab>('chat');
  const [theatre, setTheatre] = useState(false);
  const [keys, setKeys] = useState(false);
  const stage = useRef<HTMLDivElement>(null);
  const title = state?.title ?? null;

  const toggleTheatre = (): void => setTheatre((on) => !on);
  const toggleFull = (): void => {
    if (document.fullscreenElement !== null) {
      void document.exitFullscreen();
      return;
    }
    const node = stage.current;
    const element = room.projector.player?.element as (HTMLVideoElement & { webkitEnterFullscreen?: () => void }) | null;
    if (node !== null && 'requestFullscreen' in node) void node.requestFullscreen().catch(() => undefined);
    // Phones of one maker know full screen for the video alone.
    else element?.webkitEnterFullscreen?.();
  };
  const focusChat = (): void => {
    setTheatre(false);
    setTab('chat');
    requestAnimationFrame(() => document.getElementById('message')?.focus());
  };
  useKeys({ room, toggleFull, toggleTheatre, focusChat, help: () => setKeys(true) });
  useMediaSession(room);
  useEffect(() => {
    document.title = title === null ? t('product') : `${title} – ${t('product')}`;
    if (title !== null) room.remember();
  }, [title]);
  useEffect(() => {
    // Any gesture of the person allows sound.
    const unlock = (): void => room.projector.unlock();
    document.addEventListener('keydown', unlock);
    return () => document.removeEventListener('keydown', unlock);
  }, [room]);

  if (link.state === 'ended') return <Ended why={link.why} said={link.said} />;
  if (state === null) {
    return (
      <div class="joinpage">
        <Spinner />
        <p class="t2" role="status">{t(link.state === 'offline' ? 'connecting.again' : 'connecting')}</p>
      </div>
    );
  }
  return (
    <div class={`room ${theatre ? 'theatre' : ''}`}>
      <a class="skip" href="#tab-chat" onClick={(event) => { event.preventDefault(); focusChat(); }}>{t('skip_to_chat')}</a>
      <TopBar showPeople={() => { setTheatre(false); setTab('people'); }} showKeys={() => setKeys(true)} />
      <div class="room-grid">
        <main class="watch">
          <Stage stage={stage} theatre={theatre} toggleTheatre={toggleTheatre} toggleFull={toggleFull} />
          <Bars />
          <NowPlaying />
          {tab !== 'queue' && <UpNext showAll={() => { setTheatre(false); setTab('queue'); }} />}
        </main>
        <Panel tab={tab} choose={setTab} />
      </div>
      {keys && <KeyHelp close={() => setKeys(false)} />}
    </div>
  );
}
