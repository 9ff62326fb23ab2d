/** Which player for which item. Everything but files comes as a chunk of its own, from this server, when first needed. */
import type { Item, PlayerKind } from '../protocol';
import { openNative } from './native';
import type { PlayerPort } from './port';

/** Players that are pages of somebody else: they need the person's word before they load. */
export interface Site {
  readonly name: string;
  /** Whom loading it connects to. */
  readonly company: string;
  /** Whether it can be played here; else the page offers to open it at the source. */
  readonly here: boolean;
}

const SITES: Partial<Record<PlayerKind, Site>> = {
  youtube: { name: 'YouTube', company: 'Google', here: true },
  vimeo: { name: 'Vimeo', company: 'Vimeo', here: false },
  twitch: { name: 'Twitch', company: 'Amazon', here: false },
  dailymotion: { name: 'Dailymotion', company: 'Dailymotion', here: false },
};

export const siteOf = (item: Item): Site | null => SITES[item.player] ?? null;

/** Opens a player for an item; `null` where there is none for it. */
export async function openPlayer(item: Item): Promise<PlayerPort | null> {
  switch (item.player) {
    case 'video':
    case 'audio': return openNative(item);
    case 'hls': return (await import('./hls')).open(item);
    case 'dash': return (await import('./dash')).open(item);
    case 'youtube': return (await import('./youtube')).open(item);
    default: return null;
  }
}
