/**
 * Which films play in Discord's frame: those that this server serves itself, its own and the ones that it relays. It may load
 * from nowhere else.
 */
import type { Item } from '../protocol';
import { ours } from './boot';

const KINDS = ['video', 'audio', 'hls', 'dash'];

/** The item, where this page loads it from; `null` where it cannot, and nothing is to be played. */
export function here(item: Item | null): Item | null {
  if (item === null || !KINDS.includes(item.player)) return null;
  const url = ours(item.relay_url ?? item.url);
  return url === null ? null : { ...item, url, relay_url: null };
}
