/** Which player for which item. Everything but files comes as a chunk of its own, from this server, when first needed. */
import type { Item } from '../protocol';
import { kindOf } from './capabilities';
import { openNative } from './native';
import type { PlayerPort } from './port';

/** What a frame that takes no orders is told when it is made: it cannot be told later. */
export interface Opening {
  /** Where the room is, ms. */
  readonly position: number;
}

/** Whether this page has a player for an item: a server that is newer than the page may know kinds that it does not. */
export const playsHere = (item: Item): boolean => kindOf(item) !== null;

/** Opens a player for an item; `null` where there is none for it. */
export async function openPlayer(item: Item, opening: Opening): Promise<PlayerPort | null> {
  if (kindOf(item)?.tuning === null) return (await import('./embed')).open(item, opening);
  switch (item.player) {
    case 'video':
    case 'audio': return openNative(item);
    case 'hls': return (await import('./hls')).open(item);
    case 'dash': return (await import('./dash')).open(item);
    case 'youtube': return (await import('./youtube')).open(item);
    case 'vimeo': return (await import('./vimeo')).open(item);
    case 'twitch': return (await import('./twitch')).open(item);
    default: return null;
  }
}
