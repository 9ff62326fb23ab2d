/** Headsets, lock screens and the little window: their buttons ask the room, as ours do, and only those are offered that one may use. */
import { useEffect } from 'preact/hooks';
import { label } from '../../protocol';
import type { OpenRoom } from '../../room';
import { siteText } from '../parts';
import { useWatch } from '../hooks';
import { useStill } from '../still';
import { mayAs } from '../../rights';

/** How often the lock screen is told where the film is, ms: between that it counts by itself. */
const TELL = 5000;
const RIGHTS = ['playback', 'seek', 'skip'] as const;

export function useMediaSession(room: OpenRoom): void {
  const { store } = room;
  const current = useWatch(store, () => store.state.room?.current ?? null);
  const playback = useWatch(store, () => store.state.room?.playback ?? null);
  const title = useWatch(store, () => store.state.room?.title ?? '');
  const rights = useWatch(store, () => {
    const { room: state, you } = store.state;
    return state === null ? '' : RIGHTS.filter((one) => mayAs(state.grants, you?.role ?? 'guest', one)).join(' ');
  });
  const playing = playback?.playing === true;
  const picture = useStill(current);
  useEffect(() => {
    if (!('mediaSession' in navigator)) return undefined;
    const session = navigator.mediaSession;
    const set = (action: MediaSessionAction, handler: MediaSessionActionHandler | null): void => {
      try {
        session.setActionHandler(action, handler);
      } catch {
        // A browser that does not know this action.
      }
    };
    const offer = (right: string, action: MediaSessionAction, handler: MediaSessionActionHandler): void =>
      set(action, rights.split(' ').includes(right) ? handler : null);
    const actions: MediaSessionAction[] = ['play', 'pause', 'seekbackward', 'seekforward', 'seekto', 'previoustrack', 'nexttrack', 'stop'];
    offer('playback', 'play', () => void room.ask({ do: 'play' }));
    offer('playback', 'pause', () => void room.ask({ do: 'pause' }));
    offer('seek', 'seekbackward', ({ seekOffset }) => room.seekBy(-1000 * (seekOffset ?? 10)));
    offer('seek', 'seekforward', ({ seekOffset }) => room.seekBy(1000 * (seekOffset ?? 10)));
    offer('seek', 'seekto', ({ seekTime }) => {
      if (seekTime !== undefined) room.seekTo(seekTime * 1000);
    });
    offer('skip', 'nexttrack', () => void room.ask({ do: 'skip' }));
    offer('skip', 'previoustrack', () => void room.ask({ do: 'back' }));
    return () => {
      for (const action of actions) set(action, null);
    };
  }, [room, rights]);
  useEffect(() => {
    if (!('mediaSession' in navigator)) return undefined;
    const session = navigator.mediaSession;
    session.metadata = current === null ? null : new MediaMetadata({
      title: label(current),
      artist: title,
      album: siteText(current.url),
      artwork: picture === null ? [{ src: '/icon-512.png', sizes: '512x512', type: 'image/png' }] : [{ src: picture }],
    });
    session.playbackState = current === null ? 'none' : playing ? 'playing' : 'paused';
    const tell = (): void => {
      const duration = room.duration();
      try {
        // A live stream has no place to show.
        if (current === null || current.live || duration === null || duration <= 0) session.setPositionState();
        else session.setPositionState({ duration: duration / 1000, position: Math.min(room.position(), duration) / 1000, playbackRate: playback?.rate ?? 1 });
      } catch {
        // Numbers that this browser does not take: it shows none then.
      }
    };
    tell();
    const timer = setInterval(tell, TELL);
    return () => clearInterval(timer);
  }, [room, current, playback, title, picture]);
}
