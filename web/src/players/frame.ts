/**
 * Somebody else's player in a frame, spoken to by the messages that its own script would send: so no script of theirs runs in
 * this page. Here is what such players have in common; a file each knows one player's messages. Times are ms.
 *
 * Their reports come a few times a second and are extrapolated in between. What such a player does soon after an order of ours is
 * ours; everything else is the person's doing in its own controls.
 */
import { label, type Item } from '../protocol';
import { steering } from './capabilities';
import type { Capabilities, Failure, PlayerPort, PlayerSignal } from './port';

/** It never says that autoplay was blocked; silence for so long does. */
const BLOCKED_AFTER = 1500;
/** What happens so soon after an order of ours is its doing, not the person's. */
const OURS = 1500;
/** A report is carried on for so long. */
const CARRIED = 1000;
/** A place farther off than this from where it should be was sought. */
const JUMP = 2000;
/** A pause shorter than this is part of a seek. */
const PAUSE = 300;
/** A film that plays and stands for so long stands for an advertisement. */
const STANDS = 2500;
/** A frame that said nothing for so long never will. */
const SILENT = 20_000;
/** What it says of another place than where it was sent is old for so long. */
const ARRIVES = 10_000;
/** It listens only once it has loaded, and does not say when: greeted so often. */
const GREETING = 250;

export type Doing = 'nothing' | 'playing' | 'paused' | 'buffering' | 'ended';

export type Order =
  | { readonly do: 'play' | 'pause' }
  | { readonly do: 'seek'; readonly to: number }
  | { readonly do: 'rate'; readonly rate: number }
  | { readonly do: 'volume'; readonly volume: number }
  | { readonly do: 'muted'; readonly muted: boolean };

/** What a player says of itself; what it does not say stays as it was. */
export interface Told {
  readonly time?: number;
  readonly length?: number;
  readonly loadedTo?: number;
  readonly doing?: Doing;
}

/** A frame for a page of somebody else: it may run its scripts as its own origin, and may not touch this page. */
export function frame(src: string, item: Item, popups = false): HTMLIFrameElement {
  const node = document.createElement('iframe');
  // Links to the video's own page open in a tab of their own; terms of use ask for that.
  const sandbox = 'allow-scripts allow-same-origin allow-presentation';
  node.setAttribute('sandbox', popups ? `${sandbox} allow-popups allow-popups-to-escape-sandbox` : sandbox);
  node.className = 'film film--frame';
  node.allow = 'autoplay; encrypted-media; fullscreen; picture-in-picture';
  node.referrerPolicy = 'strict-origin-when-cross-origin';
  node.title = label(item);
  node.src = src;
  return node;
}

export abstract class FramePlayer implements PlayerPort {
  caps: Capabilities;
  readonly ownControls = true;
  readonly element = null;
  readonly node: HTMLIFrameElement;
  failure: Failure | null = null;
  /** Whether its provider puts advertisements into films. */
  protected adverts = false;
  /** Whether it tells how long a film is only once it plays. */
  protected lengthLater = false;
  protected readonly origin: string;
  /** The newest rate that was asked for. */
  protected rate = 1;
  #listener: (signal: PlayerSignal) => void = () => undefined;
  #listens = false;
  readonly #early = new Map<string, Order>();
  #time = 0;
  #timeAt = 0;
  /** When its time last moved. */
  #movedAt = 0;
  #length: number | null = null;
  #loadedTo = 0;
  #doing: Doing = 'nothing';
  #wanted = false;
  #played = false;
  /** It did something since it was last told to play. */
  #stirred = false;
  #orderedAt = -Infinity;
  /** When it was last sent to another place, or began at one. */
  #sentAt = -Infinity;
  /** Where it was sent, until it says that it is there. */
  #goal: number | null = null;
  #waits: ((outcome: 'playing' | 'blocked') => void)[] = [];
  /** It paused a moment ago, perhaps only to seek. */
  #pausing: ReturnType<typeof setTimeout> | null = null;
  readonly #greeting: ReturnType<typeof setInterval>;
  readonly #silence: ReturnType<typeof setTimeout>;
  readonly #onMessage = (event: MessageEvent): void => {
    if (event.source !== this.node.contentWindow || event.origin !== this.origin) return;
    clearTimeout(this.#silence);
    this.hear(event.data);
  };

  constructor(item: Item, src: string) {
    this.caps = steering(item);
    this.origin = new URL(src).origin;
    this.node = frame(src, item, true);
    window.addEventListener('message', this.#onMessage);
    this.#greeting = setInterval(() => this.greet(), GREETING);
    this.#silence = setTimeout(() => this.fail('silent'), SILENT);
  }

  /** An order in the player's words, as the message that says it; `null` where it has none for it. */
  protected abstract word(order: Order): unknown;
  /** Reads what it said. */
  protected abstract hear(data: unknown): void;
  /** Says hello, again and again until `listens` is called. */
  protected abstract greet(): void;

  /** It hears orders from now on. */
  protected listens(): void {
    if (this.#listens) return;
    this.#listens = true;
    clearInterval(this.#greeting);
    for (const order of this.#early.values()) this.#say(order);
    this.#early.clear();
    this.#listener('change');
  }

  protected post(message: unknown): void {
    this.node.contentWindow?.postMessage(message, this.origin);
  }

  protected fail(why: Failure): void {
    if (this.failure !== null) return;
    this.failure = why;
    for (const wait of [...this.#waits]) wait('playing');
    this.#listener('failed');
  }

  /** The browser wants a gesture first, it says. */
  protected block(): void {
    for (const wait of [...this.#waits]) wait('blocked');
  }

  /** What it is able to do turned out to be less. */
  protected learnCaps(caps: Partial<Capabilities>): void {
    this.caps = { ...this.caps, ...caps };
    this.#listener('change');
  }

  protected get listening(): boolean {
    return this.#listens;
  }

  protected get hasPlayed(): boolean {
    return this.#played;
  }

  protected get wanted(): boolean {
    return this.#wanted;
  }

  protected learn(told: Told): void {
    const now = performance.now();
    const knew = this.loaded();
    const before = this.#doing;
    const time = told.time !== undefined && this.#isNews(told.time, now) ? told.time : undefined;
    const sought = time !== undefined && this.#isElsewhere(time, now);
    if (told.length !== undefined && told.length > 0) this.#length = told.length;
    if (told.loadedTo !== undefined) this.#loadedTo = told.loadedTo;
    if (told.doing !== undefined) {
      this.#doing = told.doing;
      if (told.doing !== before) {
        this.#stirred = true;
        this.#movedAt = now;
      }
    }
    if (time !== undefined) {
      if (Math.abs(time - this.#time) > 20) this.#movedAt = now;
      this.#time = time;
      this.#timeAt = now;
    }
    if (this.#doing === 'playing' && told.doing !== undefined) this.#plays();
    // An order to play or to stand takes it nowhere else.
    if (sought && this.#played && now - this.#sentAt > OURS && !this.caps.live) this.#listener('sought');
    if (before !== this.#doing) this.#notice(now);
    else if (knew !== this.loaded()) this.#listener('change');
  }

  /** Whether a report is of after the last seek. */
  #isNews(time: number, now: number): boolean {
    if (this.#goal === null) return true;
    const near = time > this.#goal - JUMP && time < this.#goal + JUMP + (now - this.#orderedAt);
    if (near || now - this.#orderedAt > ARRIVES) this.#goal = null;
    return this.#goal === null;
  }

  /** Whether a report is of another place than where it should be by now; data that came late only hold it back. */
  #isElsewhere(time: number, now: number): boolean {
    const gone = this.#doing === 'playing' ? (now - this.#timeAt) * this.rate : 0;
    return time > this.#time + gone + JUMP || time < this.#time - JUMP;
  }

  #isOurs(now: number): boolean {
    return now - this.#orderedAt <= OURS;
  }

  #plays(): void {
    if (!this.#played) {
      this.#played = true;
      // Where it begins is its own choice.
      this.#sentAt = performance.now();
      // Players ignore rates before they have played.
      this.#order({ do: 'rate', rate: this.rate });
    }
    for (const wait of [...this.#waits]) wait('playing');
  }

  #settlePause(): void {
    if (this.#pausing !== null) clearTimeout(this.#pausing);
    this.#pausing = null;
  }

  /** It does something else now: tells whether the person or we made it. */
  #notice(now: number): void {
    this.#settlePause();
    const theirs = this.#played && !this.#isOurs(now);
    if (theirs && this.#doing === 'paused' && this.#wanted) {
      this.#pausing = setTimeout(() => {
        this.#pausing = null;
        this.#wanted = false;
        this.#listener('paused');
      }, PAUSE);
    } else if (theirs && this.#doing === 'playing' && !this.#wanted) {
      this.#wanted = true;
      this.#listener('played');
    } else this.#listener('change');
  }

  time(): number {
    const moving = this.#doing === 'playing' ? Math.min(CARRIED, performance.now() - this.#timeAt) * this.rate : 0;
    return this.#time + moving;
  }

  duration(): number | null {
    return this.caps.live ? null : this.#length;
  }

  loaded(): boolean {
    return this.#listens && (this.caps.live || this.lengthLater || this.#length !== null);
  }

  ready(): boolean {
    return this.loaded() && this.#doing !== 'buffering';
  }

  paused(): boolean {
    // Between our play and its answer it is as good as playing, while it may only seek, and while an advertisement runs.
    if (this.#waits.length > 0 || this.#pausing !== null || this.advert()) return false;
    return !this.#wanted || this.#doing === 'paused' || this.#doing === 'nothing';
  }

  ended(): boolean {
    return this.#doing === 'ended';
  }

  /** It plays and stands, or was told to play, stirred, and does nothing. */
  advert(): boolean {
    if (!this.adverts || !this.#wanted || this.#waits.length > 0) return false;
    if (this.#doing === 'nothing') return this.#stirred;
    return this.#doing === 'playing' && !this.caps.live && performance.now() - this.#movedAt > STANDS;
  }

  buffered(position: number): boolean {
    return position <= this.bufferedUntil();
  }

  bufferedUntil(): number {
    return Math.max(this.#time, this.#loadedTo);
  }

  seek(position: number): void {
    this.#time = position;
    this.#timeAt = performance.now();
    this.#goal = position;
    this.#sentAt = this.#timeAt;
    if (this.#doing === 'ended') this.#doing = 'paused';
    this.#order({ do: 'seek', to: position });
  }

  play(): Promise<'playing' | 'blocked'> {
    this.#wanted = true;
    this.#stirred = false;
    if (this.#doing === 'playing') return Promise.resolve('playing');
    this.#order({ do: 'play' });
    return new Promise((resolve) => {
      const settle = (outcome: 'playing' | 'blocked'): void => {
        clearTimeout(timer);
        this.#waits = this.#waits.filter((wait) => wait !== settle);
        resolve(outcome);
      };
      const isBlocked = (): boolean => this.#listens && !this.#stirred && this.#doing !== 'buffering';
      const timer = setTimeout(() => settle(isBlocked() ? 'blocked' : 'playing'), BLOCKED_AFTER);
      this.#waits.push(settle);
    });
  }

  pause(): void {
    this.#wanted = false;
    this.#settlePause();
    for (const wait of [...this.#waits]) wait('playing');
    this.#order({ do: 'pause' });
  }

  setRate(rate: number): void {
    this.rate = rate;
    if (this.#played) this.#order({ do: 'rate', rate });
  }

  setVolume(volume: number): void {
    this.#order({ do: 'volume', volume });
  }

  setMuted(muted: boolean): void {
    this.#order({ do: 'muted', muted });
  }

  onSignal(listener: (signal: PlayerSignal) => void): void {
    this.#listener = listener;
  }

  destroy(): void {
    clearInterval(this.#greeting);
    clearTimeout(this.#silence);
    this.#settlePause();
    window.removeEventListener('message', this.#onMessage);
    this.#listener = () => undefined;
    this.#waits = [];
    this.node.remove();
  }

  #say(order: Order): void {
    const message = this.word(order);
    if (message !== null) this.post(message);
  }

  /** Gives an order, or keeps it until it is heard: the newest of its kind. */
  #order(order: Order): void {
    if (order.do === 'play' || order.do === 'pause' || order.do === 'seek') this.#orderedAt = performance.now();
    if (this.#listens) this.#say(order);
    else this.#early.set(order.do === 'pause' ? 'play' : order.do, order);
  }
}

/** What a message says, where it is an object or the JSON of one; else nothing. */
export function read(data: unknown): Readonly<Record<string, unknown>> {
  let value = data;
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value) as unknown;
    } catch {
      return {};
    }
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A number of seconds as ms, where it is one. */
export const seconds = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value * 1000 : undefined;
