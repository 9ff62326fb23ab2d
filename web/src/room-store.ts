/**
 * What this viewer knows of the room: one frozen state, changed only by frames of the server.
 *
 * `reduce` is pure; `RoomStore` holds the newest state and tells who listens. Nothing here runs ahead of the server: a button
 * sends a command (`session.ts`), and the state changes when the event comes back.
 */
import { label } from './protocol';
import type {
  By, Cause, ChatLine, EventFrame, Here, Item, Media, Member, Playback, Role, Room, ServerFrame, Visibility, You,
} from './protocol';

/** A deed as the Activity tab and the chat's quiet lines tell it. */
export interface Deed {
  readonly seq: number;
  readonly at: number;
  readonly by: By | null;
  readonly what:
    | { readonly kind: 'playback'; readonly cause: Cause; readonly title: string | null; readonly before: string | null }
    | { readonly kind: 'added' | 'removed' | 'moved'; readonly title: string }
    | { readonly kind: 'cleared' }
    | { readonly kind: 'renamed'; readonly title: string }
    | { readonly kind: 'visibility'; readonly visibility: Visibility }
    | { readonly kind: 'role'; readonly name: string; readonly role: Role };
  /** Where the film stood, ms; `null` where nothing was on. */
  readonly position_ms: number | null;
}

export interface RoomState {
  readonly you: You | null;
  readonly room: Omit<Room, 'seq' | 'epoch'> | null;
  readonly epoch: number;
  readonly seq: number;
  /** What was on before, as far as this page saw it. */
  readonly previous: Item | null;
  /** What happened since this page is open, oldest first. */
  readonly deeds: readonly Deed[];
}

/** What came of a frame: `gap` means that one was lost and the session must resume. */
export type Outcome = 'taken' | 'stale' | 'gap';

const CHAT_KEPT = 300;
const DEEDS_KEPT = 200;

export const NOTHING_KNOWN: RoomState = Object.freeze({
  you: null, room: null, epoch: 0, seq: 0, previous: null, deeds: Object.freeze([]),
});

type KnownRoom = NonNullable<RoomState['room']>;

const without = (queue: readonly Item[], id: string): readonly Item[] => queue.filter((item) => item.id !== id);

const at = <T>(list: readonly T[], index: number, value: T): readonly T[] => {
  const place = Math.min(Math.max(0, index), list.length);
  return [...list.slice(0, place), value, ...list.slice(place)];
};

function withPlayback(room: KnownRoom, playback: Playback): KnownRoom {
  if (playback.item === (room.current?.id ?? null)) return { ...room, playback };
  const current = playback.item === null ? null : (room.queue.find((item) => item.id === playback.item) ?? null);
  return { ...room, playback, current, queue: playback.item === null ? room.queue : without(room.queue, playback.item) };
}

function describe(room: KnownRoom, id: string, media: Media): KnownRoom {
  const known = (item: Item): Item => (item.id === id ? { ...item, ...media } : item);
  return { ...room, current: room.current === null ? null : known(room.current), queue: room.queue.map(known) };
}

function withRole(room: KnownRoom, person: string, name: string, role: Role): KnownRoom {
  const others = room.members.filter((member) => member.person !== person);
  const members: readonly Member[] = [...others, { person, name, role }];
  const here = room.here.map((one) => (one.person === person ? { ...one, role } : one));
  return { ...room, members, here };
}

/** The room after an event that is next in line. */
function happened(room: KnownRoom, event: EventFrame): KnownRoom {
  switch (event.kind) {
    case 'playback': return withPlayback(room, event.playback);
    case 'added': return { ...room, queue: at(without(room.queue, event.item.id), event.index, event.item) };
    case 'removed': return { ...room, queue: without(room.queue, event.item) };
    case 'moved': {
      const moved = room.queue.find((item) => item.id === event.item);
      return moved === undefined ? room : { ...room, queue: at(without(room.queue, event.item), event.index, moved) };
    }
    case 'cleared': return { ...room, queue: [] };
    case 'described': return describe(room, event.item, event.media);
    case 'said': {
      const { seq, id, text, position_ms } = event;
      const line: ChatLine = { seq, at: event.at, by: event.by ?? null, id, text, position_ms };
      return { ...room, chat: [...room.chat, line].slice(-CHAT_KEPT) };
    }
    case 'renamed': return { ...room, title: event.title };
    case 'visibility_changed': return { ...room, visibility: event.visibility };
    case 'role_changed': return withRole(room, event.person, event.name, event.role);
    default: return room;
  }
}

/** What an event is called in Activity; `null` for what is no deed of its own. */
function deedOf(before: KnownRoom, after: KnownRoom, event: EventFrame): Deed['what'] | null {
  const titleOf = (id: string): string => {
    const item = before.queue.find((one) => one.id === id);
    return item === undefined ? '' : label(item);
  };
  switch (event.kind) {
    case 'playback': {
      const changed = before.current?.id !== after.current?.id;
      return {
        kind: 'playback',
        cause: event.cause,
        title: after.current === null ? null : label(after.current),
        before: changed && before.current !== null ? label(before.current) : null,
      };
    }
    case 'added': return { kind: 'added', title: label(event.item) };
    case 'removed':
    case 'moved': return { kind: event.kind, title: titleOf(event.item) };
    case 'cleared': return { kind: 'cleared' };
    case 'renamed': return { kind: 'renamed', title: event.title };
    case 'visibility_changed': return { kind: 'visibility', visibility: event.visibility };
    case 'role_changed': return { kind: 'role', name: event.name, role: event.role };
    default: return null;
  }
}

function presence(here: readonly Here[], news: readonly Here[], gone: readonly number[]): readonly Here[] {
  const byConnection = new Map(here.map((one) => [one.connection, one]));
  for (const one of news) byConnection.set(one.connection, one);
  for (const connection of gone) byConnection.delete(connection);
  return [...byConnection.values()];
}

function whole(state: RoomState, room: Room, you: You | null): RoomState {
  const { epoch, seq, ...rest } = room;
  // After a restart the numbers begin anew; deeds of before keep their place in the list all the same.
  return { ...state, you: you ?? state.you, room: rest, epoch, seq };
}

function event(state: RoomState, frame: EventFrame): readonly [RoomState, Outcome] {
  if (state.room === null) return [state, 'stale'];
  if (frame.epoch !== state.epoch) return [state, 'gap'];
  if (frame.seq <= state.seq) return [state, 'stale'];
  if (frame.seq !== state.seq + 1) return [state, 'gap'];
  const room = happened(state.room, frame);
  const what = deedOf(state.room, room, frame);
  let deeds = state.deeds;
  if (what !== null) {
    const position = frame.kind === 'playback' ? frame.playback.position_ms : null;
    const deed: Deed = { seq: frame.seq, at: frame.at, by: frame.by ?? null, what, position_ms: position };
    deeds = [...deeds, deed].slice(-DEEDS_KEPT);
  }
  const self = frame.kind === 'role_changed' && state.you?.person === frame.person ? { ...state.you, role: frame.role } : state.you;
  const previous = state.room.current !== null && room.current?.id !== state.room.current.id ? state.room.current : state.previous;
  return [{ ...state, you: self, room, seq: frame.seq, previous, deeds }, 'taken'];
}

/** The state after a frame. Frames that answer one connection only (`ack`, `pong`, …) change nothing here. */
export function reduce(state: RoomState, frame: ServerFrame): readonly [RoomState, Outcome] {
  switch (frame.type) {
    case 'welcome': return [whole(state, frame.room, frame.you), 'taken'];
    case 'snapshot': return [whole(state, frame.room, null), 'taken'];
    case 'event': return event(state, frame);
    case 'presence': {
      if (state.room === null) return [state, 'stale'];
      return [{ ...state, room: { ...state.room, here: presence(state.room.here, frame.here, frame.gone) } }, 'taken'];
    }
    case 'resumed': {
      if (state.room === null || frame.epoch !== state.epoch || frame.seq !== state.seq) return [state, 'gap'];
      return [{ ...state, you: frame.you, room: { ...state.room, here: frame.here } }, 'taken'];
    }
    default: return [state, 'stale'];
  }
}

export class RoomStore {
  #state: RoomState = NOTHING_KNOWN;
  readonly #listeners = new Set<() => void>();

  get state(): RoomState {
    return this.#state;
  }

  /** Takes a frame and says what came of it. */
  take(frame: ServerFrame): Outcome {
    const [next, outcome] = reduce(this.#state, frame);
    if (next !== this.#state) {
      this.#state = Object.freeze(next);
      for (const listener of [...this.#listeners]) listener();
    }
    return outcome;
  }

  /** Calls back after each change; the answer ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
