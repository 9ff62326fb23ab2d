/** A read-only handle on the open room for browser tests and for people with a console: `window.onecouch`. */
import type { OpenRoom } from './room';

export interface Handle {
  /** Server time as this page believes it, ms. */
  now(): number;
  /** Where the film should stand, ms; `null` where nothing is on. */
  target(): number | null;
  /** How far ahead of that the player is, ms; `null` where that means nothing. */
  drift(): number | null;
  video(): HTMLMediaElement | null;
  state(): unknown;
}

declare global {
  interface Window {
    onecouch?: Handle;
  }
}

export function expose(room: OpenRoom): void {
  window.onecouch = Object.freeze({
    now: () => room.clock.now(),
    target: () => room.projector.target(),
    drift: () => room.projector.status.drift,
    video: () => room.projector.player?.element ?? null,
    state: () => ({
      ...room.store.state,
      link: room.session.link,
      follow: room.projector.status,
      projector: room.projector.state,
      clock: { uncertainty: room.clock.uncertainty, rtt: room.clock.rtt, slowest: room.clock.slowest },
    }),
  });
}
