/** The browser's own media element, for files it can play by itself; `hls.ts` and `dash.ts` feed the same element. */
import type { Item } from '../protocol';
import type { Capabilities, PlayerPort, PlayerSignal } from './port';

/** What changes in an element that a controller wants to look at at once. */
const CHANGES = [
  'loadedmetadata', 'durationchange', 'canplay', 'playing', 'waiting', 'seeked', 'pause', 'ended', 'progress', 'volumechange',
] as const;

const HAVE_METADATA = 1;
const HAVE_FUTURE_DATA = 3;

export class MediaPlayer implements PlayerPort {
  readonly element: HTMLMediaElement;
  readonly caps: Capabilities;
  readonly ownControls = false;
  #listener: (signal: PlayerSignal) => void = () => undefined;
  #release: (() => void) | null = null;

  /** `feed` brings the media into the element and answers how to stop that. */
  constructor(item: Item, feed: (element: HTMLMediaElement, fail: () => void) => () => void) {
    const element = document.createElement(item.player === 'audio' ? 'audio' : 'video');
    this.element = element;
    this.caps = { rates: 'any', live: item.live };
    element.className = 'film';
    element.preload = 'auto';
    element.controls = false;
    if (element instanceof HTMLVideoElement) {
      element.playsInline = true;
      // A picture without a voice is no film for screen readers; the stage around it has the name.
      element.tabIndex = -1;
    }
    const fail = (): void => this.#listener('failed');
    for (const change of CHANGES) element.addEventListener(change, () => this.#listener('change'));
    element.addEventListener('error', () => {
      if (element.error !== null) fail();
    });
    this.#release = feed(element, fail);
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
    this.#listener = () => undefined;
    this.#release?.();
    this.#release = null;
    this.element.pause();
    this.element.removeAttribute('src');
    this.element.load();
    this.element.remove();
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

export function openNative(item: Item): PlayerPort {
  return new MediaPlayer(item, (element) => {
    element.src = item.url;
    return () => undefined;
  });
}
