/**
 * What the rest of the viewer knows of a player: one shape for a media element and for other people's frames.
 * `Followed` is the part that `follow.ts` steers; it knows neither DOM nor framework. All times are ms.
 */
import type { Item } from '../protocol';

export interface Capabilities {
  /** Which playback rates it takes: any, those listed, or none. */
  readonly rates: 'any' | readonly number[] | null;
  /** Has no positions to seek to. */
  readonly live: boolean;
}

export interface Followed {
  readonly caps: Capabilities;
  /** Where it stands. */
  time(): number;
  /** How long it is; `null` while unknown or endless. */
  duration(): number | null;
  /** Metadata are there, so a seek means something. */
  loaded(): boolean;
  /** It could play on from here at once. */
  ready(): boolean;
  paused(): boolean;
  ended(): boolean;
  /** Whether the data at a position are already here. */
  buffered(position: number): boolean;
  seek(position: number): void;
  /** `blocked` where the browser wants a gesture of the person first. */
  play(): Promise<'playing' | 'blocked'>;
  pause(): void;
  setRate(rate: number): void;
}

/** `paused` and `played` are the person's own doing in controls that the player brings with it. */
export type PlayerSignal = 'change' | 'failed' | 'paused' | 'played';

export interface PlayerPort extends Followed {
  /** The thing on the page: put under the stage by whoever opened the player. */
  readonly node: HTMLElement;
  /** The media element, where there is one. */
  readonly element: HTMLMediaElement | null;
  /** Whether it keeps controls of its own, over which nothing may lie. */
  readonly ownControls: boolean;
  /** End of the buffered part around the playhead. */
  bufferedUntil(): number;
  setVolume(volume: number): void;
  setMuted(muted: boolean): void;
  /** Calls back whenever something a controller cares about changed. */
  onSignal(listener: (signal: PlayerSignal) => void): void;
  destroy(): void;
}

export type OpenPlayer = (item: Item) => PlayerPort | Promise<PlayerPort>;
