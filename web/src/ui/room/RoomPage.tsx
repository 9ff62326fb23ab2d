/** The room: opens it, greets who has no name yet, and lays out film and panel. */
import { useEffect, useRef, useState } from 'preact/hooks';
import * as prefs from '../../prefs';
import { OpenRoom } from '../../room';
import { t } from '../../words';
import { expose } from '../../debug';
import { RoomContext, useRoom, useRoomState, useWatch } from '../hooks';
import { later } from '../Later';
import { NowPlaying } from './NowPlaying';
import { Panel, type Tab } from './Panel';
import { Spinner, vars } from '../parts';
import { Stage, type Layout } from '../stage/Stage';
import { TopBar } from './TopBar';

const Bars = later(() => import('../stage/Bars').then((part) => part.Bars));
const UpNext = later(() => import('./UpNext').then((part) => part.UpNext));
const Ended = later(() => import('./Ended').then((part) => part.Ended));
const Remote = later(() => import('./Remote').then((part) => part.Remote));
const Companion = later(() => import('./Companion').then((part) => part.Companion));
const Welcome = later(() => import('../join/Welcome').then((part) => part.Welcome));
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
  if (!known) return <Welcome enter={() => setKnown(true)} />;
  if (room === null) return null;
  return <RoomContext.Provider value={room}><Inside key={room.id} /></RoomContext.Provider>;
}

function Inside() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const link = useWatch(room.session, () => room.session.link);
  const [tab, setTab] = useState<Tab>('chat');
  const [theatre, setTheatre] = useState(false);
  const [full, setFull] = useState(false);
  const [side, setSide] = useState(false);
  const [keys, setKeys] = useState(false);
  const grid = useRef<HTMLDivElement>(null);
  const title = state?.title ?? null;

  const layout: Layout = {
    theatre, full, side,
    toggleTheatre: () => setTheatre(!theatre),
    toggleSide: () => setSide(!side),
    toggleFull: () => {
      if (document.fullscreenElement !== null) {
        void document.exitFullscreen();
        return;
      }
      const element = room.projector.player?.element as (HTMLVideoElement & { webkitEnterFullscreen?: () => void }) | null;
      // The panel comes along, so that one can write in full screen.
      if (grid.current !== null && 'requestFullscreen' in grid.current) void grid.current.requestFullscreen().catch(() => undefined);
      // Phones of one maker know full screen for the video alone.
      else element?.webkitEnterFullscreen?.();
    },
  };
  const show = (what: Tab): void => {
    setSide(true);
    setTab(what);
  };
  const focusChat = (): void => {
    show('chat');
    requestAnimationFrame(() => document.getElementById('message')?.focus());
  };
  useEffect(() => {
    document.title = title === null ? t('product') : `${title} – ${t('product')}`;
    if (title !== null) room.remember();
  }, [title]);
  useEffect(() => {
    // Any gesture of the person allows sound.
    const unlock = (): void => room.projector.unlock();
    const changed = (): void => {
      setFull(document.fullscreenElement !== null);
      setSide(false);
    };
    document.addEventListener('keydown', unlock);
    document.addEventListener('fullscreenchange', changed);
    return () => {
      document.removeEventListener('keydown', unlock);
      document.removeEventListener('fullscreenchange', changed);
    };
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
    <div
      class={`room ${theatre ? 'theatre' : ''} ${side ? 'side' : ''}`}
      style={state.colour === null ? undefined : vars({ '--tint': state.colour, '--tint-part': state.opacity })}
    >
      <a class="skip" href="#tab-chat" onClick={(event) => { event.preventDefault(); focusChat(); }}>{t('skip_to_chat')}</a>
      <TopBar showPeople={() => show('people')} showKeys={() => setKeys(true)} />
      <div class={full ? 'room-grid on-film' : 'room-grid'} ref={grid}>
        <main class="watch">
          {room.watches ? <Stage layout={layout} /> : <Companion />}
          <Bars />
          {room.watches && <NowPlaying />}
          {room.watches && tab !== 'queue' && <UpNext showAll={() => show('queue')} />}
        </main>
        <Panel tab={tab} choose={setTab} />
      </div>
      <Remote
        toggleFull={layout.toggleFull} toggleTheatre={layout.toggleTheatre} focusChat={focusChat} help={() => setKeys(true)}
        leaveSide={side ? () => setSide(false) : null}
      />
      {keys && <KeyHelp close={() => setKeys(false)} />}
    </div>
  );
}
