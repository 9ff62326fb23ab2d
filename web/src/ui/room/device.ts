/** What a device does by itself: it sleeps, its keyboard covers the page, it stops films in the background. */
import { useEffect } from 'preact/hooks';
import type { OpenRoom } from '../../room';
import { t } from '../../words';
import { useWatch } from '../hooks';
import '../../words/later';

/** Keeps the screen awake while the film plays here. */
export function useWakeLock(room: OpenRoom): void {
  const plays = useWatch(room.store, () => room.watches && room.store.state.room?.playback.playing === true && room.store.state.room.current?.player !== 'audio');
  useEffect(() => {
    if (!plays || !('wakeLock' in navigator)) return undefined;
    let lock: WakeLockSentinel | null = null;
    let over = false;
    // The browser lets it go whenever the page is hidden.
    const hold = (): void => {
      if (document.visibilityState !== 'visible' || (lock !== null && !lock.released)) return;
      navigator.wakeLock.request('screen').then(
        (held) => {
          if (over) void held.release();
          else lock = held;
        },
        // A low battery: then the screen goes dark as it would anyway.
        () => undefined,
      );
    };
    hold();
    document.addEventListener('visibilitychange', hold);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', hold);
      void lock?.release();
    };
  }, [plays]);
}

/** The page ends where the keyboard of the phone begins, so that what one writes is seen: `--page-h`. */
export function useKeyboardRoom(): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (view === null) return undefined;
    const root = document.documentElement;
    const fit = (): void => {
      // Who zooms in wants to see a part, not a smaller page.
      const covered = view.scale === 1 && window.innerHeight - view.height > 80;
      root.style.setProperty('--page-h', covered ? `${Math.round(view.height)}px` : '100dvh');
      if (covered) window.scrollTo(0, 0);
    };
    view.addEventListener('resize', fit);
    return () => {
      view.removeEventListener('resize', fit);
      root.style.removeProperty('--page-h');
    };
  }, []);
}

/** Says once, on coming back, why there was no sound: phones stop films of pages that are not seen. */
export function useBackgroundHint(room: OpenRoom): void {
  useEffect(() => {
    let told = false;
    const look = (): void => {
      const { player } = room.projector;
      const stopped = room.store.state.room?.playback.playing === true && player?.element instanceof HTMLVideoElement && player.paused() &&
        !room.projector.state.blocked;
      if (document.visibilityState === 'visible' && stopped && !told && document.pictureInPictureEnabled) {
        told = true;
        room.tell(t('background.hint'));
      }
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [room]);
}
