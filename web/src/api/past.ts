/** What was played and what was done, page by page, the newest first. */
import { decodeEvent } from '../decode';
import type { EventFrame, Item } from '../protocol';
import { isObject, number, page, part, text, type Page } from './call';

export interface Played {
  /** The number of the event. */
  readonly seq: number;
  /** When it was left, Unix ms. */
  readonly at: number;
  readonly item: Item;
  /** Where it stood when it was left, ms. */
  readonly position_ms: number;
}

/** Pages go back by `before`, the `next` of the page before. */
const query = (values: Readonly<Record<string, string | null>>): string => {
  const known = Object.entries(values).filter((one): one is [string, string] => one[1] !== null);
  return known.length === 0 ? '' : `?${new URLSearchParams(known).toString()}`;
};

export const history = (room: string, before: string | null): Promise<Page<Played>> =>
  page(`/rooms/${part(room)}/history${query({ limit: '30', before })}`, (one) => {
    const [seq, at, item] = [number(one['seq']), number(one['at']), one['item']];
    if (seq === null || at === null || !isObject(item) || text(item['url']) === null) return null;
    return { seq, at, item: item as unknown as Item, position_ms: number(one['position_ms']) ?? 0 };
  });

/** Needs the permission `audit`. */
export const audit = (room: string, before: string | null, kind: string | null): Promise<Page<EventFrame>> =>
  page(`/rooms/${part(room)}/audit${query({ limit: '50', before, kind })}`, decodeEvent);
