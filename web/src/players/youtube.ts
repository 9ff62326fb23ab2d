/**
 * YouTube's embedded player, spoken to by the messages its own script sends: so no script of theirs runs in this page, and the
 * page's CSP needs one line (`frame-src`). Times arrive a few times a second and are extrapolated in between, at most one second.
 */
import { label, type Item } from '../protocol';
import type { Capabilities, PlayerPort, PlayerSignal } from './port';

const ORIGIN = 'https://www.youtube-nocookie.com';
const RATES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;
/** Their numbers for what it does. */
const ENDED = 0;
const PLAYING = 1;
const PAUSED = 2;
const BUFFERING = 3;
/** It never says that autoplay was blocked; silence for so long does. */
const BLOCKED_AFTER = 1500;
/** What happens so soon after a command of ours is its doing, not the person's. */
const OURS = 1500;

interface Info {
  currentTime?: number;
  duration?: number;
  playerState?: number;
  videoLoadedFraction?: number;
}

export class YouTube implements PlayerPort {
  readonly caps: Capabilities;
  readonly ownControls = true;
  readonly element = null;
  readonly node: HTMLIFrameElement;
  #listener: (signal: PlayerSignal) => void = () => undefined;
  #time = 0;
  #timeAt = 0;
  #length: number | null = null;
  #loadedPart = 0;
  #state = -1;
  #rate = 1;
  #calledAt = -Infinity;
  #played = false;
  #wanted = false;
  #greeting: ReturnType<typeof setInterval>;
  #waits: ((outcome: 'playing' | 'blocked') => void)[] = [];
  readonly #onMessage = (event: MessageEvent): void => this.#hear(event);

  constructor(item: Item) {
    this.caps = { rates: RATES, live: item.live };
    const frame = document.createElement('iframe');
    const query = new URLSearchParams({ enablejsapi: '1', playsinline: '1', rel: '0', origin: location.origin });
    frame.src = `${ORIGIN}/embed/${encodeURIComponent(item.provider_id ?? '')}?${query}`;
    frame.className = 'film film--frame';
    frame.allow = 'autoplay; encrypted-media; fullscreen; picture-in-picture';
    frame.referrerPolicy = 'strict-origin-when-cross-origin';
    frame.title = label(item);
    this.node = frame;
    window.addEventListener('message', this.#onMessage);
    // It listens only once it has loaded, and does not say when.
    this.#greeting = setInterval(() => this.#post({ event: 'listening', id: 1, channel: 'widget' }), 250);
  }

  time(): number {
    const moving = this.#state === PLAYING ? Math.min(1000, performance.now() - this.#timeAt) * this.#rate : 0;
    return this.#time + moving;
  }

  duration(): number | null {
    return this.#length;
  }

  loaded(): boolean {
    return this.#length !== null || (this.caps.live && this.#state !== -1);
  }

  ready(): boolean {
    return this.loaded() && this.#state !== BUFFERING;
  }

  paused(): boolean {
    // Between our play and its answer it is as good as playing.
    if (this.#waits.length > 0) return false;
    return !this.#wanted || this.#state === PAUSED || this.#state === -1 || this.#state === 5;
  }

  ended(): boolean {
    return this.#state === ENDED;
  }

  buffered(position: number): boolean {
    return position <= this.bufferedUntil();
  }

  bufferedUntil(): number {
    return Math.max(this.#time, this.#loadedPart * (this.#length ?? 0));
  }

  seek(position: number): void {
    this.#time = position;
    this.#timeAt = performance.now();
    // Seeking an unstarted one would start it.
    if (this.#played || this.#wanted) this.#call('seekTo', position / 1000, true);
    else this.#call('cueVideoById', { videoId: this.#videoId(), startSeconds: position / 1000 });
  }

  play(): Promise<'playing' | 'blocked'> {
    this.#wanted = true;
    if (this.#state === PLAYING) return Promise.resolve('playing');
    this.#call('playVideo');
    return new Promise((resolve) => {
      const settle = (outcome: 'playing' | 'blocked'): void => {
        clearTimeout(timer);
        this.#waits = this.#waits.filter((wait) => wait !== settle);
        resolve(outcome);
      };
      const timer = setTimeout(() => settle(this.#state === BUFFERING || this.#played ? 'playing' : 'blocked'), BLOCKED_AFTER);
      this.#waits.push(settle);
    });
  }

  pause(): void {
    this.#wanted = false;
    for (const wait of [...this.#waits]) wait('playing');
    this.#call('pauseVideo');
  }

  setRate(rate: number): void {
    this.#rate = rate;
    // Before the first playback it ignores rates.
    if (this.#played) this.#call('setPlaybackRate', rate);
  }

  setVolume(volume: number): void {
    this.#call('setVolume', Math.round(volume * 100));
  }

  setMuted(muted: boolean): void {
    this.#call(muted ? 'mute' : 'unMute');
  }

  onSignal(listener: (signal: PlayerSignal) => void): void {
    this.#listener = listener;
  }

  destroy(): void {
    clearInterval(this.#greeting);
    window.removeEventListener('message', this.#onMessage);
    this.#listener = () => undefined;
    this.node.remove();
  }

  #videoId(): string {
    return decodeURIComponent(new URL(this.node.src).pathname.split('/').pop() ?? '');
  }

  #call(func: string, ...args: unknown[]): void {
    this.#calledAt = performance.now();
    this.#post({ event: 'command', func, args, id: 1, channel: 'widget' });
  }

  #post(message: unknown): void {
    this.node.contentWindow?.postMessage(JSON.stringify(message), ORIGIN);
  }

  #hear(event: MessageEvent): void {
    if (event.source !== this.node.contentWindow || event.origin !== ORIGIN || typeof event.data !== 'string') return;
    let message: { event?: string; info?: unknown };
    try {
      message = JSON.parse(event.data) as typeof message;
    } catch {
      return;
    }
    clearInterval(this.#greeting);
    if (message.event === 'onError') this.#listener('failed');
    else if (typeof message.info === 'object' && message.info !== null) this.#learn(message.info);
  }

  #learn(info: Info): void {
    const before = this.#state;
    const knew = this.loaded();
    if (typeof info.duration === 'number' && info.duration > 0) this.#length = info.duration * 1000;
    if (typeof info.videoLoadedFraction === 'number') this.#loadedPart = info.videoLoadedFraction;
    if (typeof info.currentTime === 'number') {
      this.#time = info.currentTime * 1000;
      this.#timeAt = performance.now();
    }
    if (typeof info.playerState === 'number') this.#state = info.playerState;
    if (this.#state === PLAYING) {
      if (!this.#played) {
        this.#played = true;
        this.#call('setPlaybackRate', this.#rate);
      }
      for (const wait of [...this.#waits]) wait('playing');
    }
    if (before === this.#state && knew === this.loaded()) return;
    const theirs = before !== this.#state && this.#played && performance.now() - this.#calledAt > OURS;
    if (theirs && this.#state === PAUSED && this.#wanted) {
      this.#wanted = false;
      this.#listener('paused');
    } else if (theirs && this.#state === PLAYING && !this.#wanted) {
      this.#wanted = true;
      this.#listener('played');
    } else this.#listener('change');
  }
}

export const open = (item: Item): PlayerPort => new YouTube(item);
