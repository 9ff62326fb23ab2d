/**
 * What the chat of an open room knows beyond the room's state: older lines, reactions, what is read, what is half written. It belongs
 * to the open room and not to a component, so that nothing is lost when another tab is looked at.
 */
import { lastPlayed, linesBefore, PAGE } from '../../api/chat';
import type { ChatLine, ServerFrame } from '../../protocol';
import type { OpenRoom } from '../../room';
import type { Reaction } from './entries';

export interface TalkState {
  /** All lines that are known, oldest first. */
  readonly lines: readonly ChatLine[];
  /** Whether there are older ones: asked for, being fetched, none, or it failed. */
  readonly past: 'more' | 'fetching' | 'none' | 'failed';
  readonly reactions: readonly Reaction[];
  /** Lines behind this number are about the film that is on; `null` while that is not known. */
  readonly filmFrom: number | null;
  /** Lines behind this number came while nobody looked; `null` where somebody looks. */
  readonly unreadFrom: number | null;
  /** When this person may write again after their last line, on the page's clock; `null` where nothing holds them. */
  readonly heldUntil: number | null;
}

const REACTIONS_KEPT = 200;
/** More lines than this are not kept: who wants to read on scrolls up again. */
const LINES_KEPT = 1000;

/** The lines that were known and the room's own, without a gap between them; what was missed in between makes the old ones useless. */
export function joinLines(known: readonly ChatLine[], told: readonly ChatLine[]): readonly ChatLine[] {
  const first = told[0];
  const last = known.at(-1);
  if (first === undefined || last === undefined || last.seq < first.seq) return told;
  return [...known.filter((line) => line.seq < first.seq), ...told].slice(-LINES_KEPT);
}

export class Talk {
  /** What is half written, by where: the composer, or a line that is being reworded. */
  draft = '';
  #state: TalkState;
  #inserts: ((change: (draft: string) => string) => void) | null = null;
  #lastTold: readonly ChatLine[] | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly room: OpenRoom) {
    const lines = room.store.state.room?.chat ?? [];
    this.#state = {
      lines, past: lines.length < PAGE ? 'none' : 'more', reactions: [], filmFrom: null, unreadFrom: null, heldUntil: null,
    };
    this.#lastTold = room.store.state.room?.chat ?? null;
    if (lines.length > 0) this.#askFilm();
    else this.#state = { ...this.#state, filmFrom: 0 };
    room.store.listen(() => this.#told());
    room.session.hear((frame) => this.#hear(frame));
  }

  get state(): TalkState {
    return this.#state;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Fetches what was said before. */
  async lookBack(): Promise<void> {
    if (this.#state.past === 'fetching' || this.#state.past === 'none') return;
    this.#set({ past: 'fetching' });
    const first = this.#state.lines[0]?.seq ?? null;
    try {
      const older = await linesBefore(this.room.id, first);
      if (first !== (this.#state.lines[0]?.seq ?? null)) {
        this.#set({ past: 'more' });
        return;
      }
      this.#set({ lines: [...older, ...this.#state.lines], past: older.length < PAGE ? 'none' : 'more' });
    } catch {
      this.#set({ past: 'failed' });
    }
  }

  /** Puts something into what is being written: a name that is answered, a slash. */
  insert(change: (draft: string) => string): void {
    if (this.#inserts === null) this.draft = change(this.draft);
    else this.#inserts(change);
  }

  /** The composer takes what is put in, as long as it is there. */
  onInsert(take: (change: (draft: string) => string) => void): () => void {
    this.#inserts = take;
    return () => {
      this.#inserts = null;
    };
  }

  /** Somebody looks at the end of the chat, or does not any more. */
  looks(looks: boolean): void {
    if (looks) {
      if (this.#unread() === 0) this.#set({ unreadFrom: null });
    } else if (this.#state.unreadFrom === null || this.#unread() === 0) {
      this.#set({ unreadFrom: this.#state.lines.at(-1)?.seq ?? 0 });
    }
  }

  /** All is read: the mark goes. */
  read(): void {
    this.#set({ unreadFrom: null });
  }

  /** The server said how long this person has to wait. */
  hold(ms: number): void {
    this.#set({ heldUntil: performance.now() + ms });
  }

  #unread(): number {
    const from = this.#state.unreadFrom;
    return from === null ? 0 : unread(this.#state.lines, from, this.room.store.state.you?.person ?? null);
  }

  #askFilm(): void {
    lastPlayed(this.room.id).then(
      (seq) => this.#set({ filmFrom: Math.max(seq, this.#state.filmFrom ?? 0) }),
      // Then nothing is hidden: better a word too much than a chat full of veils.
      () => undefined,
    );
  }

  #told(): void {
    const told = this.room.store.state.room?.chat;
    if (told === undefined || told === this.#lastTold) return;
    this.#lastTold = told;
    const lines = joinLines(this.#state.lines, told);
    // What was known was dropped, because lines in between were missed: then there is something to look back for.
    const dropped = this.#state.lines[0] !== undefined && lines[0]?.seq !== this.#state.lines[0].seq;
    this.#set({ lines, ...(dropped && told.length >= PAGE ? { past: 'more' as const } : {}) });
  }

  #hear(frame: ServerFrame): void {
    if (frame.type !== 'event') return;
    const { lines, reactions } = this.#state;
    switch (frame.kind) {
      case 'said': {
        const { room, you } = this.room.store.state;
        if (frame.by?.person === you?.person && you !== null && room !== null && room.slow_mode_ms > 0) this.hold(room.slow_mode_ms);
        return;
      }
      case 'reacted': {
        if (frame.by == null) return;
        const reaction: Reaction = { seq: frame.seq, at: frame.at, by: frame.by, emoji: frame.emoji, position_ms: frame.position_ms };
        this.#set({ reactions: [...reactions, reaction].slice(-REACTIONS_KEPT) });
        return;
      }
      // The room's own list has done so already; older lines are only here.
      case 'erased': this.#set({ lines: lines.filter((line) => line.seq !== frame.line) }); return;
      case 'reworded':
        this.#set({ lines: lines.map((line) => (line.seq === frame.line ? { ...line, text: frame.text } : line)) });
        return;
      case 'forgotten':
        this.#set({
          lines: lines.filter((line) => line.by?.person !== frame.person),
          reactions: reactions.filter((one) => one.by.person !== frame.person),
        });
        return;
      case 'played': this.#set({ filmFrom: frame.seq }); return;
      default:
    }
  }

  #set(part: Partial<TalkState>): void {
    this.#state = { ...this.#state, ...part };
    for (const listener of [...this.#listeners]) listener();
  }
}

/** How many lines of others are behind a number. */
export const unread = (lines: readonly ChatLine[], from: number, you: string | null): number =>
  lines.filter((line) => line.seq > from && line.by?.person !== you).length;

const talks = new WeakMap<OpenRoom, Talk>();

/** The one talk of a room. */
export function talkOf(room: OpenRoom): Talk {
  const known = talks.get(room);
  if (known !== undefined) return known;
  const made = new Talk(room);
  talks.set(room, made);
  return made;
}
