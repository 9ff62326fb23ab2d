/** Headsets, lock screens and the little window: their buttons ask the room, as ours do. */
import { useEffect } from 'preact/hooks';
import { label } from '../protocol';
import type { OpenRoom } from '../room';
import { useWatch } from './hooks';

export function useMediaSession(room: OpenRoom): void {
  const current = useWatch(room.store, () => room.store.state.room?.current ?? null);
  const playing = useWatch(room.store, () => room.store.state.room?.playback.playing === true);
  useEffect(() => {
    if (!('mediaSession' in navigator)) return undefined;
    const session = navigator.mediaSession;
    const handlers: readonly (readonly [MediaSessionAction, MediaSessionActionHandler])[] = [
      ['play', () => void room.ask({ do: 'play' })],
      ['pause', () => void room.ask({ do: 'pause' })],
      ['seekbackward', ({ seekOffset }) => room.seekBy(-1000 * (seekOffset ?? 10))],
      ['seekforward', ({ seekOffset }) => room.seekBy(1000 * (seekOffset ?? 10))],
      ['seekto', ({ seekTime }) => {
        if (seekTime !== undefined) room.seekTo(seekTime * 1000);
      }],
      ['nexttrack', () => void room.ask({ do: 'skip' })],
    ];
    const set = (action: MediaSessionAction, handler: MediaSessionActionHandler | null): void => {
      try {
        session.setActionHandler(action, handler);
      } catch {
        // A browser that does not know this action.
      }
    };
    for (const [action, handler] of handlers) set(action, handler);
    return () => {
      for (const [action] of handlers) set(action, null);
    };
  }, [room]);
  useEffect(() => {
    if (!('mediaSession' in navigator)) return;
    navigator.mediaSession.metadata = current === null ? null : new MediaMetadata({
      title: label(current),
      artist: room.store.state.room?.title ?? '',
      artwork: current.thumbnail === null ? [] : [{ src: current.thumbnail }],
    });
    navigator.mediaSession.playbackState = current === null ? 'none' : playing ? 'playing' : 'paused';
  }, [current, playing]);
}
