/**
 * A row in hand: by mouse, pen or finger on its handle. The row follows the pointer, a line shows where it would land, the list runs
 * at its edges, Escape puts it back. When it is dropped it stays where it is held until the server has answered, and slides from there.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { gapAt, indexIn, runs } from './place';

export interface Held {
  readonly id: string;
  /** Where it stood when it was taken. */
  readonly from: number;
  readonly gap: number;
  readonly dropped: boolean;
}

interface Hand {
  readonly id: string;
  readonly pointer: number;
  readonly startY: number;
  readonly startScroll: number;
  y: number;
  gap: number;
  from: number;
}

/** Rows slide to their new place for so long, ms. */
const SLIDE = 180;
/** So far the pointer moves before a press becomes a drag, px. */
const SLACK = 4;

const still = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

export function useDrag(
  list: { readonly current: HTMLElement | null },
  order: readonly string[],
  move: (id: string, index: number) => Promise<unknown>,
) {
  const [held, setHeld] = useState<Held | null>(null);
  const hand = useRef<Hand | null>(null);
  const tops = useRef(new Map<string, number>());
  const frame = useRef(0);
  const latest = useRef({ order, move });
  latest.current = { order, move };

  const rows = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])];
  const rowOf = (id: string): HTMLElement | undefined => rows().find((row) => row.dataset['item'] === id);
  const shift = (): number => {
    const { current } = hand;
    return current === null ? 0 : current.y - current.startY + (list.current?.scrollTop ?? 0) - current.startScroll;
  };

  const follow = (): void => {
    const { current } = hand;
    const box = list.current;
    if (current === null || box === null) return;
    rowOf(current.id)?.style.setProperty('--dy', `${shift()}px`);
    const edges = box.getBoundingClientRect();
    const y = current.y - edges.top + box.scrollTop;
    const gap = gapAt(rows().map((row) => ({ top: row.offsetTop, height: row.offsetHeight })), y);
    if (gap !== current.gap) {
      current.gap = gap;
      setHeld({ id: current.id, from: current.from, gap, dropped: false });
    }
  };

  const run = (): void => {
    const { current } = hand;
    const box = list.current;
    if (current === null || box === null) return;
    const { top, bottom } = box.getBoundingClientRect();
    const by = runs(current.y, top, bottom);
    if (by !== 0) {
      box.scrollTop += by;
      follow();
    }
    frame.current = requestAnimationFrame(run);
  };

  /** Notes where each row is seen now, so that it can slide from there. */
  const note = (): void => {
    tops.current = new Map(rows().map((row) => [row.dataset['item'] ?? '', row.offsetTop]));
  };

  const letGo = (): Hand | null => {
    const { current } = hand;
    hand.current = null;
    cancelAnimationFrame(frame.current);
    return current;
  };

  const putBack = (): void => {
    const was = letGo();
    if (was === null) return;
    tops.current.set(was.id, (rowOf(was.id)?.offsetTop ?? 0) + Number.parseFloat(rowOf(was.id)?.style.getPropertyValue('--dy') ?? '0'));
    setHeld(null);
  };

  const drop = (): void => {
    const by = shift();
    const was = letGo();
    if (was === null) return;
    const row = rowOf(was.id);
    tops.current.set(was.id, (row?.offsetTop ?? 0) + by);
    const from = latest.current.order.indexOf(was.id);
    const to = indexIn(was.gap, from);
    if (from < 0 || to === from) {
      setHeld(null);
      return;
    }
    setHeld({ id: was.id, from, gap: was.gap, dropped: true });
    void latest.current.move(was.id, to).finally(() => setHeld(null));
  };

  const take = (id: string) => (event: PointerEvent): void => {
    if (event.button !== 0 || hand.current !== null || !(event.currentTarget instanceof HTMLElement)) return;
    event.preventDefault();
    const grip = event.currentTarget;
    const from = latest.current.order.indexOf(id);
    const waiting = { pointer: event.pointerId, y: event.clientY };
    grip.setPointerCapture(event.pointerId);
    const moved = (moving: PointerEvent): void => {
      if (moving.pointerId !== waiting.pointer) return;
      if (hand.current === null) {
        if (Math.abs(moving.clientY - waiting.y) < SLACK) return;
        note();
        hand.current = {
          id, pointer: waiting.pointer, startY: waiting.y, startScroll: list.current?.scrollTop ?? 0, y: moving.clientY, gap: -1, from,
        };
        frame.current = requestAnimationFrame(run);
      }
      hand.current.y = moving.clientY;
      follow();
    };
    const end = (done: () => void) => (ending: PointerEvent): void => {
      if (ending.pointerId !== waiting.pointer) return;
      over();
      done();
    };
    const [up, cancelled] = [end(drop), end(putBack)];
    const key = (pressed: KeyboardEvent): void => {
      if (pressed.key !== 'Escape') return;
      pressed.preventDefault();
      pressed.stopPropagation();
      over();
      putBack();
    };
    const over = (): void => {
      grip.removeEventListener('pointermove', moved);
      grip.removeEventListener('pointerup', up);
      grip.removeEventListener('pointercancel', cancelled);
      document.removeEventListener('keydown', key, true);
    };
    grip.addEventListener('pointermove', moved);
    grip.addEventListener('pointerup', up);
    grip.addEventListener('pointercancel', cancelled);
    document.addEventListener('keydown', key, true);
  };

  const line = order.join(' ');
  // Somebody else may move rows meanwhile: what is in hand stays in hand, and its line is drawn anew.
  useLayoutEffect(() => {
    if (held?.dropped === true && order.indexOf(held.id) !== held.from) setHeld(null);
    for (const row of rows()) {
      const id = row.dataset['item'] ?? '';
      const before = tops.current.get(id);
      const inHand = held?.id === id;
      if (!inHand) row.style.removeProperty('--dy');
      if (before === undefined || inHand || still()) continue;
      const by = before - row.offsetTop;
      if (Math.abs(by) > 1 && typeof row.animate === 'function') {
        row.animate([{ transform: `translateY(${by}px)` }, { transform: 'none' }], { duration: SLIDE, easing: 'cubic-bezier(.2, 0, 0, 1)' });
      }
    }
    if (hand.current !== null) follow();
    else if (held === null) note();
  }, [line, held === null]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  return { held, take };
}
