/** How components look at the things of `room.ts`: they redraw when what they picked has changed, and not otherwise. */
import { createContext } from 'preact';
import { useContext, useEffect, useReducer, useRef } from 'preact/hooks';
import type { OpenRoom } from '../room';

interface Source {
  listen(listener: () => void): () => void;
}

const next = (count: number): number => count + 1;

/** Picks a value from a source and redraws when it is another one. */
export function useWatch<T>(source: Source, pick: () => T): T {
  const [, redraw] = useReducer<number, undefined>(next, 0);
  const value = pick();
  const latest = useRef({ value, pick });
  latest.current = { value, pick };
  useEffect(() => {
    const look = (): void => {
      if (!Object.is(latest.current.pick(), latest.current.value)) redraw(undefined);
    };
    look();
    return source.listen(look);
  }, [source]);
  return value;
}

/** Redraws every `ms`, for what moves by itself; not at all while `on` is false. */
export function useTick(ms: number, on = true): void {
  const [, redraw] = useReducer<number, undefined>(next, 0);
  useEffect(() => {
    if (!on) return undefined;
    const timer = setInterval(() => redraw(undefined), ms);
    return () => clearInterval(timer);
  }, [ms, on]);
}

/** Closes something when one clicks elsewhere or presses Escape. */
export function useDismiss(open: boolean, within: { readonly current: HTMLElement | null }, close: () => void): void {
  useEffect(() => {
    if (!open) return undefined;
    const pointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && within.current?.contains(event.target) !== true) close();
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      close();
    };
    document.addEventListener('pointerdown', pointer);
    document.addEventListener('keydown', key, true);
    return () => {
      document.removeEventListener('pointerdown', pointer);
      document.removeEventListener('keydown', key, true);
    };
  }, [open]);
}

export const RoomContext = createContext<OpenRoom | null>(null);

/** The open room that this component stands in. */
export function useRoom(): OpenRoom {
  const room = useContext(RoomContext);
  if (room === null) throw new Error('a part of the room stands outside of one');
  return room;
}

/** The state of the room, picked; only inside a room that was welcomed. */
export function useRoomState() {
  const { store } = useRoom();
  const state = useWatch(store, () => store.state);
  return state;
}
