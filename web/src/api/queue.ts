/** The queue by HTTP: what the socket cannot say (lists, files, what became of a link). */
import { label } from '../protocol';
import { call, file, isObject, number, objects, part, text } from './call';

export type Spot = 'end' | 'next' | 'now';

/** What became of a link. */
export interface Added {
  readonly title: string;
  /** Its place in the queue from 1; 0 where it is on. */
  readonly position: number;
  /** How many came with it, where the link is a list. */
  readonly count: number;
  readonly seq: number;
}

const titleOf = (item: unknown): string =>
  isObject(item) ? label({ url: text(item['url']) ?? '', title: text(item['title']), provider_id: text(item['provider_id']) }) : '';

/** Adds a link, or the whole list that it is part of. */
export async function addLink(room: string, url: string, spot: Spot, whole_list: boolean): Promise<Added> {
  const data = await call('POST', `/rooms/${part(room)}/queue`, { url, spot, whole_list });
  const one = isObject(data) ? data : {};
  return { title: titleOf(one['item']), position: number(one['position']) ?? 0, count: number(one['count']) ?? 1, seq: number(one['seq']) ?? 0 };
}

/** What became of many links. */
export interface AddedMany {
  readonly added: number;
  /** The places of those that were left out, from 0, each with the server's sentence. */
  readonly left_out: readonly { readonly index: number; readonly code: string; readonly message: string }[];
}

/** Adds up to 500 links out of a pasted text: one a line, M3U, CSV or JSON. */
export async function addText(room: string, pasted: string, spot: Spot): Promise<AddedMany> {
  const data = await call('POST', `/rooms/${part(room)}/queue/many`, { text: pasted, spot });
  const many = isObject(data) ? data : {};
  return {
    added: objects(many['items']).length,
    left_out: objects(many['left_out']).map((one) => {
      const error = isObject(one['error']) ? one['error'] : {};
      return { index: number(one['index']) ?? 0, code: text(error['code']) ?? 'internal', message: text(error['message']) ?? '' };
    }),
  };
}

/** The queue as a file. */
export const exportQueue = (room: string, format: 'm3u' | 'json'): Promise<string> =>
  file(`/rooms/${part(room)}/queue/export?format=${format}`);

