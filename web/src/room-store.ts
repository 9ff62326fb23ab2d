/**
 * What this viewer knows of the room: one frozen state, changed only by frames of the server.
 *
 * `reduce` is pure; `RoomStore` holds the newest state and tells who listens. Nothing here runs ahead of the server: a button
 * sends a command (`session.ts`), and the state changes when the event comes back.
 */
import { deedOf, type Deed } from './room-deeds';
import { happened, type KnownRoom } from './room-events';
import type { EventFrame, Here, Room, ServerFrame, You } from './protocol';

export interface RoomState {
  readonly you: You | null;
  readonly room: KnownRoom | null;
  readonly epoch: number;
  readonly seq: number;
  /** What happened since this page is open, oldest first. */
  readonly deeds: readonly Deed[];
}

/** What came of a frame: `gap` means that one was lost and the session must resume. */
export type Outcome = 'taken' | 'stale' | 'gap';

const DEEDS_KEPT = 200;

export const NOTHING_KNOWN: RoomState = Object.freeze({
  you: null, room: null, epoch: 0, seq: 0, deeds: Object.freeze([]),
});

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
  const deed = deedOf(state.room, room, frame);
  const deeds = deed === null ? state.deeds : [...state.deeds, deed].slice(-DEEDS_KEPT);
  const self = frame.kind === 'role_changed' && state.you?.person === frame.person ? { ...state.you, role: frame.role } : state.you;
  return [{ ...state, you: self, room, seq: frame.seq, deeds }, 'taken'];
}

/** The state after a frame. Frames that answer one connection only (`ack`, `pong`, …) change nothing here. */
export function reduce(state: RoomState, frame: ServerFrame): readonly [RoomState, Outcome] {
  switch (frame.type) {
    case 'welcome': return [whole(state, frame.room, frame.you), 'taken'];
    case 'snapshot': return [whole(state, frame.room, null), 'taken'];
    case 'event': return event(state, frame);
    case 'presence': {
      if (state.room === null) return [state, 'stale'];
      return [{ ...state, room: { ...state.room, here: presence(state.room.here, frame.here, frame.gone), others: frame.others } }, 'taken'];
    }
    case 'you': return [{ ...state, you: frame.you }, 'taken'];
    case 'resumed': {
      if (state.room === null || frame.epoch !== state.epoch || frame.seq !== state.seq) return [state, 'gap'];
      return [{ ...state, you: frame.you, room: { ...state.room, here: frame.here, others: frame.others } }, 'taken'];
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
