/** One open room: store, clock, session and projector tied together, and what the page calls on them. */
import { here } from './activity/here';
import { Projector } from './projector';
import type { By, Command, DeedCommand, EventFrame, Item } from './protocol';
import { isDeed, label, positionAt } from './protocol';
import { RoomStore } from './room-store';
import { ServerClock } from './sync/clock';
import { Refused, Session, type Socket } from './session';
import * as prefs from './prefs';
import { has, language, t } from './words';

/** A line for these eyes only: the answer to a slash command, or a no. */
export interface Aside {
  readonly id: number;
  readonly at: number;
  readonly text: string;
  readonly refused: boolean;
}

/** A no over the film, with the server's sentence. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  /** What one may not do alone can be put to the vote. */
  readonly propose: DeedCommand | null;
  /** Nobody said no: it is only good to know. */
  readonly hint: boolean;
}

/** What came of a line: taken, or not, and how long one has to wait where that is the reason. */
export type Said = { readonly said: true } | { readonly said: false; readonly waitMs: number | null };

/** Who did it, for four seconds. */
export interface Toast {
  readonly id: number;
  readonly by: By;
  readonly event: EventFrame & { readonly kind: 'playback' };
}

export interface Passing {
  readonly notice: Notice | null;
  readonly toast: Toast | null;
  readonly asides: readonly Aside[];
  readonly typing: readonly By[];
  /** The last ones that were not closed yet. */
  readonly announced: readonly Announced[];
}

/** What the person who runs the server had to say. */
export interface Announced {
  readonly id: number;
  readonly text: string;
}

const NOTICE_FOR = 7000;
const TOAST_FOR = 4000;
const TYPING_FOR = 4000;
/** So many announcements at once, or they would push the rest of the page away. */
const ANNOUNCED = 3;

export class OpenRoom {
  readonly store = new RoomStore();
  readonly clock = new ServerClock(() => performance.now());
  readonly session: Session;
  readonly projector: Projector;
  readonly #listeners = new Set<() => void>();
  readonly #undo: (() => void)[] = [];
  #passing: Passing = { notice: null, toast: null, asides: [], typing: [], announced: [] };
  #ids = 0;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #typedAt = -Infinity;

  constructor(readonly id: string, readonly watches: boolean) {
    this.session = new Session(
      {
        open: () => this.#socket(),
        token: () => prefs.token.get(),
        local: () => performance.now(),
        random: () => Math.random(),
        watches: () => watches,
        locale: () => language.current,
      },
      this.store,
      this.clock,
    );
    this.projector = new Projector({
      session: this.session,
      now: () => this.clock.now(),
      rtt: () => this.clock.slowest,
      seq: () => this.store.state.seq,
      hidden: () => document.visibilityState === 'hidden',
    });
    this.#undo.push(
      this.store.listen(() => {
        const room = this.store.state.room;
        if (room !== null && watches) this.projector.take(__ACTIVITY__ ? here(room.current) : room.current, room.playback);
      }),
      this.session.hear((frame) => {
        // The room waits only for those who said how they are.
        if (watches && (frame.type === 'welcome' || frame.type === 'resumed')) this.projector.tell();
        if (frame.type === 'event' && frame.kind === 'playback' && frame.by != null) this.#toast(frame.by, frame);
        else if (frame.type === 'typing') this.#typing(frame.by);
        else if (frame.type === 'announcement') this.#announced(frame.text);
        else if (frame.type === 'event' && frame.kind === 'said' && frame.by != null) this.#stoppedTyping(frame.by);
      }),
      language.listen(() => this.session.speak()),
      this.#on(window, 'online', () => this.session.wake()),
      this.#on(document, 'visibilitychange', () => {
        if (document.visibilityState === 'visible') this.session.wake();
        if (watches) this.projector.tell();
      }),
      this.#on(window, 'pagehide', () => this.remember()),
    );
    this.session.connect();
  }

  get passing(): Passing {
    return this.#passing;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Where the film stands now by the room's vector, ms. */
  position(): number {
    const room = this.store.state.room;
    return room === null ? 0 : positionAt(room.playback, this.clock.now(), this.duration());
  }

  /** How long the current item is, ms: what the server knows, else what the player found out. */
  duration(): number | null {
    const current = this.store.state.room?.current ?? null;
    return current === null ? null : (current.duration_ms ?? this.projector.player?.duration() ?? null);
  }

  /** Asks for something; a no is shown over the film. Answers whether it was done. */
  ask(command: Command): Promise<boolean> {
    const answer = this.#ask(command);
    if (command.do === 'pause') this.projector.pausing(answer);
    return answer;
  }

  async #ask(command: Command): Promise<boolean> {
    try {
      const answer = await this.session.command(command);
      if (answer.kind === 'reply') this.#aside(answer.text, answer.refused);
      return answer.kind === 'ack' || !answer.refused;
    } catch (error) {
      const forbidden = error instanceof Refused && error.code === 'not_allowed';
      this.#notice(sentence(error), forbidden && isDeed(command) ? command : null);
      return false;
    }
  }

  /** Says a line; a slash command is answered beside the chat, and so is a no, except where one only has to wait. */
  async say(text: string): Promise<Said> {
    try {
      const answer = await this.session.command({ do: 'say', text });
      if (answer.kind === 'reply') this.#aside(answer.text, answer.refused);
      return { said: true };
    } catch (error) {
      const wait = error instanceof Refused && error.code === 'slow_mode' ? Number(error.details['retry_after_ms']) : NaN;
      if (wait > 0) return { said: false, waitMs: wait };
      this.#aside(sentence(error), true);
      return { said: false, waitMs: null };
    }
  }

  togglePlay(): void {
    const playing = this.store.state.room?.playback.playing === true;
    void this.ask({ do: playing ? 'pause' : 'play' });
  }

  seekTo(position: number): void {
    void this.ask({ do: 'seek', position_ms: Math.max(0, Math.round(position)) });
  }

  seekBy(ms: number): void {
    void this.ask({ do: 'seek', by_ms: ms });
  }

  /** At most one notice every three seconds that somebody types. */
  typed(): void {
    const now = performance.now();
    if (now - this.#typedAt < 3000) return;
    this.#typedAt = now;
    this.session.typing();
  }

  /** Says something that is good to know. */
  tell(text: string): void {
    this.#notice(text, null, true);
  }

  dismiss(): void {
    this.#pass({ notice: null });
  }

  forgetAnnounced(id: number): void {
    this.#pass({ announced: this.#passing.announced.filter((one) => one.id !== id) });
  }

  /** Keeps the room among those of this browser. */
  remember(): void {
    const room = this.store.state.room;
    if (room === null) return;
    const item: Item | null = room.current;
    prefs.recentRooms.remember({
      id: room.id,
      title: room.title,
      film: item === null ? null : label(item),
      still: item === null ? null : { thumbnail: item.thumbnail, player: item.player, provider_id: item.provider_id },
      position_ms: item === null ? null : Math.round(this.position()),
      duration_ms: this.duration(),
      used: Date.now(),
    });
  }

  close(): void {
    this.remember();
    for (const undo of this.#undo) undo();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.session.close();
    this.projector.destroy();
  }

  #socket(): Socket {
    const url = new URL(`/api/v1/rooms/${encodeURIComponent(this.id)}/ws`, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return new WebSocket(url);
  }

  #on(target: EventTarget, name: string, run: () => void): () => void {
    target.addEventListener(name, run);
    return () => target.removeEventListener(name, run);
  }

  #pass(part: Partial<Passing>): void {
    this.#passing = { ...this.#passing, ...part };
    for (const listener of [...this.#listeners]) listener();
  }

  #later(name: string, ms: number, run: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(run, ms));
  }

  #notice(text: string, propose: DeedCommand | null, hint = false): void {
    this.#ids += 1;
    this.#pass({ notice: { id: this.#ids, text, propose, hint } });
    this.#later('notice', NOTICE_FOR, () => this.#pass({ notice: null }));
  }

  #aside(text: string, refused: boolean): void {
    this.#ids += 1;
    const aside: Aside = { id: this.#ids, at: Date.now(), text, refused };
    this.#pass({ asides: [...this.#passing.asides, aside].slice(-20) });
  }

  #toast(by: By, event: Toast['event']): void {
    this.#ids += 1;
    this.#pass({ toast: { id: this.#ids, by, event } });
    this.#later('toast', TOAST_FOR, () => this.#pass({ toast: null }));
  }

  #announced(text: string): void {
    this.#ids += 1;
    this.#pass({ announced: [...this.#passing.announced, { id: this.#ids, text }].slice(-ANNOUNCED) });
  }

  #typing(by: By): void {
    if (by.person === this.store.state.you?.person) return;
    const others = this.#passing.typing.filter((one) => one.person !== by.person);
    this.#pass({ typing: [...others, by] });
    this.#later(`typing ${by.person}`, TYPING_FOR, () => this.#stoppedTyping(by));
  }

  #stoppedTyping(by: By): void {
    if (this.#passing.typing.some((one) => one.person === by.person)) {
      this.#pass({ typing: this.#passing.typing.filter((one) => one.person !== by.person) });
    }
  }
}

/** The sentence of a no: ours where nobody answered, else the server's own, which names the next step. */
export function sentence(error: unknown): string {
  if (!(error instanceof Refused)) return t('refusal.internal');
  const key = `refusal.${error.code}`;
  return has(key) ? t(key) : error.message;
}
