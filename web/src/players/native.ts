/** The browser's own media element, for files it can play by itself; `hls.ts` and `dash.ts` feed the same element. */
import type { Item } from '../protocol';
import { steering } from './capabilities';
import type { Capabilities, Failure, PlayerPort, PlayerSignal, Quality } from './port';
import { sourcesOf } from './source';

/** What changes in an element that a controller wants to look at at once. */
const CHANGES = [
  'loadedmetadata', 'durationchange', 'canplay', 'playing', 'waiting', 'seeked', 'pause', 'ended', 'progress', 'volumechange',
] as const;

const HAVE_METADATA = 1;
const HAVE_FUTURE_DATA = 3;
const DECODE_ERROR = 3;

/** Who starts a live film this far behind its edge goes to the edge, s. */
const BEHIND = 30;
/** How far before the last that is there, where nobody knows better, s. */
const MARGIN = 6;

/** Media on its way into the element. */
export interface Feed {
  stop(): void;
  /** Where a live film is watched, s; `null` while unknown. */
  edge?(): number | null;
  /** Where the stream has several pictures. */
  readonly quality?: Quality;
}

/** Brings the media behind a link into the element, and says why where it cannot. */
export type Bring = (element: HTMLMediaElement, url: string, fail: (why: Failure) => void) => Feed;

export class MediaPlayer implements PlayerPort {
  readonly element: HTMLMediaElement;
  readonly caps: Capabilities;
  readonly ownControls = false;
  failure: Failure | null = null;
  #listener: (signal: PlayerSignal) => void = () => undefined;
  #feed: Feed | null = null;
  #url = '';
  #sources: readonly string[];
  /** Raised with each source: what an older one still says is not heard. */
  #turn = 0;

  constructor(item: Item, private readonly bring: Bring) {
    const element = document.createElement(item.player === 'audio' ? 'audio' : 'video');
    this.element = element;
    this.caps = steering(item);
    element.className = 'film';
    element.preload = 'auto';
    element.controls = false;
    if (element instanceof HTMLVideoElement) {
      element.playsInline = true;
      // A picture without a voice is no film for screen readers; the stage around it has the name.
      element.tabIndex = -1;
    }
    for (const change of CHANGES) element.addEventListener(change, () => this.#listener('change'));
    element.addEventListener('error', () => void this.#broke());
    this.#sources = sourcesOf(item);
    // Whoever opens it listens in a moment.
    queueMicrotask(() => this.#next('needs_relay'));
  }

  get quality(): Quality | undefined {
    return this.#feed?.quality;
  }

  get node(): HTMLElement {
    return this.element;
  }

  time(): number {
    return this.element.currentTime * 1000;
  }

  duration(): number | null {
    const { duration } = this.element;
    return Number.isFinite(duration) && duration > 0 ? duration * 1000 : null;
  }

  loaded(): boolean {
    return this.element.readyState >= HAVE_METADATA;
  }

  ready(): boolean {
    return this.element.readyState >= HAVE_FUTURE_DATA && !this.element.seeking;
  }

  paused(): boolean {
    return this.element.paused;
  }

  ended(): boolean {
    return this.element.ended;
  }

  buffered(position: number): boolean {
    return this.#rangeEnd(position) !== null;
  }

  bufferedUntil(): number {
    return this.#rangeEnd(this.time()) ?? this.time();
  }

  seek(position: number): void {
    this.element.currentTime = Math.max(0, position) / 1000;
  }

  async play(): Promise<'playing' | 'blocked'> {
    if (this.caps.live) this.#toEdge();
    try {
      await this.element.play();
      return 'playing';
    } catch (error) {
      // AbortError: a pause or another source came in between, and whoever did that knows.
      return error instanceof DOMException && error.name === 'NotAllowedError' ? 'blocked' : 'playing';
    }
  }

  pause(): void {
    this.element.pause();
  }

  setRate(rate: number): void {
    this.element.playbackRate = rate;
  }

  setVolume(volume: number): void {
    this.element.volume = volume;
  }

  setMuted(muted: boolean): void {
    this.element.muted = muted;
  }

  onSignal(listener: (signal: PlayerSignal) => void): void {
    this.#listener = listener;
  }

  destroy(): void {
    this.#turn += 1;
    this.#listener = () => undefined;
    this.#feed?.stop();
    this.#feed = null;
    this.element.pause();
    this.element.removeAttribute('src');
    this.element.load();
    this.element.remove();
  }

  /** On to the next source; where there is none left, `why` is what is wrong. */
  #next(why: Failure): void {
    if (this.#turn > 0 && this.#feed === null) return;
    this.#turn += 1;
    const turn = this.#turn;
    const [url, ...rest] = this.#sources;
    this.#feed?.stop();
    this.#feed = null;
    if (url === undefined) {
      this.failure = why;
      this.#listener('failed');
      return;
    }
    this.#url = url;
    this.#sources = rest;
    this.#feed = this.bring(this.element, url, (wrong) => {
      if (turn === this.#turn) this.#next(wrong);
    });
  }

  /** The element itself gave up: what it was given is broken, or it could not get it. */
  async #broke(): Promise<void> {
    const { error } = this.element;
    if (error === null || this.#feed === null) return;
    const turn = this.#turn;
    const why = error.code === DECODE_ERROR ? 'codec' : await import('./diagnosis').then((part) => part.diagnose(this.#url, 'unplayable'));
    if (turn === this.#turn) this.#next(why);
  }

  /** A live film that was paused goes on where the others are. */
  #toEdge(): void {
    const { seekable, currentTime } = this.element;
    if (seekable.length === 0) return;
    const edge = this.#feed?.edge?.() ?? seekable.end(seekable.length - 1) - MARGIN;
    if (Number.isFinite(edge) && edge - currentTime > BEHIND) this.element.currentTime = Math.max(edge, seekable.start(0));
  }

  #rangeEnd(position: number): number | null {
    const { buffered } = this.element;
    const second = position / 1000;
    for (let index = 0; index < buffered.length; index += 1) {
      if (buffered.start(index) <= second && second <= buffered.end(index)) return buffered.end(index) * 1000;
    }
    return null;
  }
}

/** The element fetches by itself: files, and HLS where the browser knows it. */
export const bringByItself: Bring = (element, url) => {
  element.src = url;
  return { stop: () => undefined };
};

export const openNative = (item: Item): PlayerPort => new MediaPlayer(item, bringByItself);
