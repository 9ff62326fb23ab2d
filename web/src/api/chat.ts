/** What was said before this page came, and what was on then. */
import { call, isObject } from './call';
import type { ChatLine } from '../protocol';

/** As many lines as one look back brings. */
export const PAGE = 50;

const isLine = (value: unknown): value is ChatLine =>
  isObject(value) && typeof value['seq'] === 'number' && typeof value['text'] === 'string' && typeof value['id'] === 'string';

/** Lines before an event of that number, oldest first; fewer than `PAGE` where there are no more. */
export async function linesBefore(room: string, seq: number | null): Promise<readonly ChatLine[]> {
  const before = seq === null ? '' : `&before=${seq}`;
  const data = await call('GET', `/rooms/${encodeURIComponent(room)}/chat?limit=${PAGE}${before}`);
  return Array.isArray(data) ? data.filter(isLine).reverse() : [];
}

/** The number of the event that ended the film before; `0` where nothing was on before. */
export async function lastPlayed(room: string): Promise<number> {
  const data = await call('GET', `/rooms/${encodeURIComponent(room)}/history?limit=1`);
  const entry: unknown = Array.isArray(data) ? data[0] : null;
  return isObject(entry) && typeof entry['seq'] === 'number' ? entry['seq'] : 0;
}

/** Who said that they are coming. */
export async function whoComes(room: string): Promise<readonly string[]> {
  const data = await call('GET', `/rooms/${encodeURIComponent(room)}/coming`);
  const people: readonly unknown[] = Array.isArray(data) ? data : [];
  return people.filter(isObject).flatMap((one) => {
    const id = one['person'] ?? one['id'];
    return typeof id === 'string' ? [id] : [];
  });
}
