/**
 * The socket of one room: says hello, pings, sends commands, and comes back by itself after a loss.
 *
 * A reconnect waits 0.25 s, then twice as long each time up to 8 s (±20 %), or not at all when the network or the page wakes up,
 * and asks for what it missed by (epoch, seq). A command given while offline is refused at once, never kept for later: by then
 * the film is elsewhere. Sockets, randomness and wake-ups are handed in, so that all of it runs in a test.
 */
import { decode } from './decode';
import type { ClientFrame, Command, Report, ServerFrame } from './protocol';
import type { RoomStore } from './room-store';
import type { ServerClock } from './sync/clock';

/** The part of a WebSocket that is used. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  readonly readyState: number;
  send(text: string): void;
  close(code?: number): void;
}

export interface SessionHost {
  open(): Socket;
  token(): string | null;
  /** Local monotonic clock, ms. */
  local(): number;
  random(): number;
  watches(): boolean;
  /** The language of refusals and replies. */
  locale(): string;
}

/** Why the server will not have us back by itself. */
export type Ending =
  | 'signed_out' | 'not_a_member' | 'no_such_room' | 'outdated' | 'shown_out' | 'asks_password' | 'banned' | 'address_banned' | 'room_full' | 'room_closed';

export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'online' }
  /** Lost at a local time; the next try is at another. */
  | { readonly state: 'offline'; readonly since: number; readonly retryAt: number }
  /** `said` is the server's own sentence, where it knows better than the code why. */
  | { readonly state: 'ended'; readonly why: Ending; readonly said: string };

/** A no, with the server's sentence. */
export class Refused extends Error {
  readonly code: string;
  /** The arguments of the sentence. */
  readonly details: Readonly<Record<string, string>>;

  constructor(code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'Refused';
    this.code = code;
    this.details = details;
  }
}

/** The answer to a command: on disk, or a line for these eyes only. */
export type Answer =
  | { readonly kind: 'ack'; readonly seq: number }
  | { readonly kind: 'reply'; readonly text: string; readonly refused: boolean };

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (refused: Refused) => void;
}

const OPEN = 1;
/**
 * A burst of pings before the first start, then some more at leisure: a page that is still loading answers late, and what was
 * measured meanwhile bounds the clock only loosely. After that one in two seconds. ms.
 */
const BURST = 20;
const BURST_EVERY = 80;
const AFTER_BURST = 20;
const AFTER_BURST_EVERY = 300;
const PING_EVERY = 2000;
/** No frame for so long, though we asked: the line is dead even if nobody closed it. */
const SILENCE = 9000;
/** A socket that is not open after so long is given up. */
const OPENING = 10_000;
const FIRST_RETRY = 250;
const LAST_RETRY = 8000;

const ENDINGS: Record<number, Ending> = {
  4400: 'outdated', 4401: 'signed_out', 4403: 'not_a_member', 4404: 'no_such_room', 4410: 'shown_out',
  4411: 'asks_password',
};

/** What the code of the last refusal says better than the close code. */
const PARTINGS: Record<string, Ending> = { banned: 'banned', address_banned: 'address_banned', room_full: 'room_full', room_closed: 'room_closed' };

/** Local words for refusals that no server spoke; the page translates them by code. */
const OFFLINE = 'offline';
const UNKNOWN = 'lost';

export class Session {
  readonly #host: SessionHost;
  readonly #store: RoomStore;
  readonly #clock: ServerClock;
  readonly #listeners = new Set<() => void>();
  readonly #hearers = new Set<(frame: ServerFrame) => void>();
  readonly #waiting = new Map<string, Waiting>();
  #socket: Socket | null = null;
  #link: Link = { state: 'connecting' };
  #retry: ReturnType<typeof setTimeout> | null = null;
  #pinger: ReturnType<typeof setTimeout> | null = null;
  #lostAt: number | null = null;
  #tries = 0;
  #burst = 0;
  #heardAt = 0;
  #unanswered = 0;
  #behind: { readonly epoch: number; readonly seq: number } | null = null;
  #commands = 0;
  #closed = false;
  #fresh = false;
  /** A refusal of no command: what it says where the line ends next. */
  #parting: Refused | null = null;

  constructor(host: SessionHost, store: RoomStore, clock: ServerClock) {
    this.#host = host;
    this.#store = store;
    this.#clock = clock;
  }

  get link(): Link {
    return this.#link;
  }

  /** Since when the line is lost, local ms; `null` while it is there. */
  get lostAt(): number | null {
    return this.#lostAt;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears every frame after the store has taken it. */
  hear(hearer: (frame: ServerFrame) => void): () => void {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  }

  /** Opens the line; also "Try now". */
  connect(): void {
    if (this.#closed || this.#link.state === 'ended') return;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#drop();
    // Commands wait for the new line to be greeted; the banner appears only when a line is lost.
    if (this.#link.state === 'online') this.#to({ state: 'connecting' });
    const socket = this.#host.open();
    this.#socket = socket;
    this.#parting = null;
    this.#heardAt = this.#host.local();
    this.#unanswered = 0;
    this.#pinger = setTimeout(() => this.#lost(1006, ''), OPENING);
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      const { epoch, seq, room } = this.#store.state;
      const token = this.#host.token();
      this.#send({
        type: 'hello',
        watches: this.#host.watches(),
        locale: this.#host.locale(),
        ...(token === null ? {} : { token }),
        ...(room === null || this.#fresh ? {} : { resume: { epoch, seq } }),
      });
      this.pingBurst();
    };
    socket.onmessage = (event: { data: unknown }) => {
      if (socket === this.#socket && typeof event.data === 'string') this.#hear(event.data);
    };
    socket.onclose = (event: { code: number; reason: string }) => {
      if (socket === this.#socket) this.#lost(event.code, event.reason);
    };
  }

  /** The network or the page came back: no reason to wait any longer. */
  wake(): void {
    if (this.#closed || this.#link.state === 'ended') return;
    if (this.#link.state === 'offline') this.connect();
    else if (this.#link.state === 'online') this.pingBurst();
  }

  /** Says goodbye for good. */
  close(): void {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#drop();
  }

  /** Comes back under another name, after a new session was made. */
  restart(): void {
    this.#tries = 0;
    this.#lostAt = null;
    this.#to({ state: 'connecting' });
    this.connect();
  }

  /** Asks the room for something. Resolves when it is on the server's disk; rejects with the sentence of the no. */
  command(command: Command): Promise<Answer> {
    if (this.#link.state !== 'online') return Promise.reject(new Refused(OFFLINE, OFFLINE));
    this.#commands += 1;
    const id = `c${this.#commands}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ type: 'command', id, ...command });
    });
  }

  report(report: Report): void {
    if (this.#link.state === 'online') this.#send({ type: 'report', ...report });
  }

  typing(): void {
    if (this.#link.state === 'online') this.#send({ type: 'typing' });
  }

  /** The reader speaks another language from now on. */
  speak(): void {
    if (this.#link.state === 'online') this.#send({ type: 'locale', locale: this.#host.locale() });
  }

  /** A quick row of pings: after a connect, and after the page slept. */
  pingBurst(): void {
    this.#burst = BURST;
    this.#ping();
  }

  #to(link: Link): void {
    this.#link = link;
    for (const listener of [...this.#listeners]) listener();
  }

  #send(frame: ClientFrame): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #ping(): void {
    if (this.#pinger !== null) clearTimeout(this.#pinger);
    if (this.#socket === null) return;
    const silent = this.#host.local() - this.#heardAt;
    if (silent > SILENCE && this.#unanswered >= 3) {
      this.#lost(1006, '');
      return;
    }
    this.#unanswered += 1;
    this.#send({ type: 'ping', c: this.#host.local() });
    this.#burst -= 1;
    const every = this.#burst > 0 ? BURST_EVERY : this.#burst > -AFTER_BURST ? AFTER_BURST_EVERY : PING_EVERY;
    this.#pinger = setTimeout(() => this.#ping(), every);
  }

  #hear(text: string): void {
    const received = this.#host.local();
    this.#heardAt = received;
    this.#unanswered = 0;
    const frame = decode(text);
    if (frame === null) return;
    if (frame.type === 'pong') {
      this.#clock.ping(frame.c, frame.s, received);
      this.#compare(frame.epoch, frame.seq);
    } else {
      const { room, epoch } = this.#store.state;
      if (frame.type === 'welcome' && room !== null && epoch !== frame.room.epoch) this.#clock.reset();
      if ('s' in frame) this.#clock.heard(frame.s, received);
    }
    const outcome = this.#store.take(frame);
    if (outcome === 'gap') {
      // A gap within the answer to a resume: then the whole state, lest we go round in circles.
      this.#fresh = this.#link.state !== 'online';
      this.connect();
      return;
    }
    if (frame.type === 'welcome' || frame.type === 'resumed') {
      this.#tries = 0;
      this.#lostAt = null;
      this.#behind = null;
      this.#fresh = false;
      this.#to({ state: 'online' });
    }
    this.#answer(frame);
    for (const hearer of [...this.#hearers]) hearer(frame);
  }

  /** A pong that knows more than we do, twice in a row, means that an event was lost on the way. */
  #compare(epoch: number, seq: number): void {
    const state = this.#store.state;
    if (state.room === null || this.#link.state !== 'online') return;
    const missing = this.#behind;
    if (missing !== null && (missing.epoch !== state.epoch || missing.seq > state.seq)) {
      this.#behind = null;
      this.connect();
      return;
    }
    // Pongs of a burst come too close together to tell a lost event from a late one.
    if (this.#burst > 0) return;
    this.#behind = epoch !== state.epoch || seq > state.seq ? { epoch, seq } : null;
  }

  #answer(frame: ServerFrame): void {
    if (frame.type !== 'ack' && frame.type !== 'refused' && frame.type !== 'reply') return;
    if (frame.id === undefined) {
      if (frame.type === 'refused') this.#parting = new Refused(frame.code, frame.message, frame.details);
      return;
    }
    const waiting = this.#waiting.get(frame.id);
    if (waiting === undefined) return;
    this.#waiting.delete(frame.id);
    if (frame.type === 'ack') waiting.resolve({ kind: 'ack', seq: frame.seq });
    else if (frame.type === 'reply') waiting.resolve({ kind: 'reply', text: frame.text, refused: frame.refused });
    else waiting.reject(new Refused(frame.code, frame.message, frame.details));
  }

  /** Lets the socket go without waiting for its farewell. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (this.#pinger !== null) clearTimeout(this.#pinger);
    this.#pinger = null;
    if (socket !== null) {
      socket.onopen = null;
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const one of waiting) one.reject(new Refused(UNKNOWN, UNKNOWN));
  }

  #lost(code: number, reason: string): void {
    this.#drop();
    const ending = ENDINGS[code];
    if (ending !== undefined) {
      const parting = this.#parting;
      const why = (parting === null ? undefined : PARTINGS[parting.code]) ?? ending;
      this.#to({ state: 'ended', why, said: why === 'not_a_member' ? (parting?.message ?? reason) : '' });
      return;
    }
    const now = this.#host.local();
    this.#lostAt ??= now;
    const wait = this.#wait(code, reason);
    this.#tries += 1;
    this.#retry = setTimeout(() => this.connect(), wait);
    this.#to({ state: 'offline', since: this.#lostAt, retryAt: now + wait });
  }

  #wait(code: number, reason: string): number {
    const told = code === 1012 ? /\d+/.exec(reason) : null;
    const base = told !== null ? Number(told[0]) : code === 4429 ? LAST_RETRY : FIRST_RETRY * 2 ** this.#tries;
    return Math.min(base, LAST_RETRY) * (0.8 + 0.4 * this.#host.random());
  }
}
