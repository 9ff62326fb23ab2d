/**
 * What the rest of the viewer knows of a player: one shape for a media element and for other people's frames.
 * `Followed` is the part that `follow.ts` steers; it knows neither DOM nor framework. All times are ms.
 */
import type { TuningName } from '../sync/tuning';

export interface Capabilities {
  /** How it is steered, a row of `TUNING`. */
  readonly tuning: TuningName;
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
  /** Its provider shows an advertisement: the film stands, and nobody can help it. */
  advert?(): boolean;
}

/** `paused`, `played` and `sought` are the person's own doing in controls that the player brings with it. */
export type PlayerSignal = 'change' | 'failed' | 'paused' | 'played' | 'sought';

/**
 * Why a player cannot show something: `words/en/later.json` has a sentence for each, which names the next step.
 * `not_found`, `refused` and `unreachable` are the source's doing, `codec` and `unplayable` are of the browser, `needs_relay` of a
 * source that lets no other page read it, `protected` of its rights; `forbidden`, `gone`, `private`, `no_referrer`, `trouble`,
 * `offline` and `silent` are what players of somebody else say, or fail to.
 */
export type Failure =
  | 'not_found' | 'refused' | 'unreachable' | 'codec' | 'unplayable' | 'needs_relay' | 'protected'
  | 'forbidden' | 'gone' | 'private' | 'no_referrer' | 'trouble' | 'offline' | 'silent' | 'unknown';

/** One of the pictures that a stream offers. */
export interface Level {
  readonly id: number;
  /** Lines of the picture. */
  readonly height: number;
}

/** The choice among them; it is this viewer's alone. */
export interface Quality {
  /** From the sharpest on, each height once; empty while unknown. */
  levels(): readonly Level[];
  /** The one that was chosen; `null` where the player chooses by the line. */
  chosen(): number | null;
  /** The one that is seen; `null` while unknown. */
  current(): number | null;
  choose(level: number | null): void;
}

export interface PlayerPort extends Followed {
  /** The thing on the page: put under the stage by whoever opened the player. */
  readonly node: HTMLElement;
  /** The media element, where there is one. */
  readonly element: HTMLMediaElement | null;
  /** Whether it keeps controls of its own, over which nothing may lie. */
  readonly ownControls: boolean;
  /** Why it failed; `null` while it did not. */
  readonly failure: Failure | null;
  /** Where the stream offers several pictures. */
  readonly quality?: Quality | undefined;
  /** End of the buffered part around the playhead. */
  bufferedUntil(): number;
  setVolume(volume: number): void;
  setMuted(muted: boolean): void;
  /** Calls back whenever something a controller cares about changed. */
  onSignal(listener: (signal: PlayerSignal) => void): void;
  destroy(): void;
}
