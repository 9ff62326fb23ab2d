/** How long the queue is and when each film of it begins; pure. */
import type { Item } from '../../protocol';

type Timed = Pick<Item, 'duration_ms' | 'start_ms' | 'end_ms' | 'live'>;

/** How long an item plays, from where it begins to where it ends, ms; `null` where nobody knows. */
export function lengthOf(item: Timed): number | null {
  const end = item.end_ms ?? (item.live ? null : item.duration_ms);
  return end === null ? null : Math.max(0, end - (item.start_ms ?? 0));
}

export interface Total {
  /** Of those whose length is known, ms. */
  readonly ms: number;
  /** How many are of unknown length. */
  readonly unknown: number;
}

export function totalOf(queue: readonly Timed[]): Total {
  const lengths = queue.map(lengthOf);
  return { ms: lengths.reduce<number>((sum, one) => sum + (one ?? 0), 0), unknown: lengths.filter((one) => one === null).length };
}

/**
 * When each item begins, Unix ms, if what is on ends `left` ms from `now` and nobody pauses; `null` from where nobody can know.
 * A film that plays faster is over sooner, but the rate belongs to the film that is on: the next one begins at 1.
 */
export function startsAt(queue: readonly Timed[], now: number, left: number | null): readonly (number | null)[] {
  let at = left === null ? null : now + left;
  return queue.map((item) => {
    const starts = at;
    const length = lengthOf(item);
    at = at === null || length === null ? null : at + length;
    return starts;
  });
}

/** `1:30`, `90` or `1h2m3s` as ms; `null` where it is none; empty is `undefined`. */
export function readTime(text: string): number | null | undefined {
  const value = text.trim().toLowerCase();
  if (value === '') return undefined;
  const clock = /^(?:(\d+):)?(\d{1,3}):(\d{1,2})(\.\d+)?$/.exec(value);
  if (clock !== null) {
    const [, hours, minutes, seconds, rest] = clock;
    if (Number(seconds) > 59 || (hours !== undefined && Number(minutes) > 59)) return null;
    return Math.round((Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(rest ?? 0)) * 1000);
  }
  const units = /^(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)\s*s?)?$/.exec(value);
  if (units === null || (units[1] ?? units[2] ?? units[3]) === undefined) return null;
  return Math.round((Number(units[1] ?? 0) * 3600 + Number(units[2] ?? 0) * 60 + Number(units[3] ?? 0)) * 1000);
}
