/** What each kind of player can do: the one table. Whose frames the page may load stands in `frames.json`, which the server reads too. */
import type { Item, PlayerKind } from '../protocol';
import type { Capabilities } from './port';

export interface Kind {
  /** What people call it, and whom loading it connects to; `null` where that is only the host of the file. */
  readonly site: { readonly name: string; readonly company: string } | null;
  /** Which playback rates it takes: any, those listed, or none. */
  readonly rates: Capabilities['rates'];
  /** How close to a position a seek lands; `none` where it cannot be asked to. */
  readonly seek: 'exact' | 'coarse' | 'none';
  /** How it is steered, a row of `sync/tuning.ts`; `null` where it takes no orders: everybody starts by hand. */
  readonly tuning: Capabilities['tuning'] | null;
  /** Whether it keeps controls of its own. */
  readonly ownControls: boolean;
  /** Whether captions are put over it by this page. */
  readonly ourCaptions: boolean;
}

const FILE: Kind = { site: null, rates: 'any', seek: 'exact', tuning: 'native', ownControls: false, ourCaptions: true };

/** A page of somebody else that takes no orders. */
const FRAME: Kind = { site: null, rates: null, seek: 'none', tuning: null, ownControls: true, ourCaptions: false };

const framed = (name: string, company: string, more: Partial<Kind> = {}): Kind => ({ ...FRAME, site: { name, company }, ...more });

/** Sites behind the kind `embed`, as the provider's id begins. */
export const EMBEDS: Readonly<Record<string, Kind>> = {
  kick: framed('Kick', 'Kick'),
  facebook: framed('Facebook', 'Meta'),
  tiktok: framed('TikTok', 'TikTok'),
  streamable: framed('Streamable', 'Streamable'),
  rumble: framed('Rumble', 'Rumble'),
  bilibili: framed('Bilibili', 'Bilibili'),
  odysee: framed('Odysee', 'Odysee'),
};

export const CAPABILITIES: Readonly<Record<Exclude<PlayerKind, 'embed'>, Kind>> = {
  video: FILE,
  audio: FILE,
  hls: FILE,
  dash: FILE,
  youtube: framed('YouTube', 'Google', { rates: [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2], seek: 'coarse', tuning: 'stepped' }),
  // Any rate from 0.5 to 2, if the video's owner allows it.
  vimeo: framed('Vimeo', 'Vimeo', { rates: 'any', seek: 'exact', tuning: 'reported' }),
  twitch: framed('Twitch', 'Amazon', { seek: 'coarse', tuning: 'seeking' }),
  // Its documentation knows no way to steer it but a script of theirs in the page, bound to an account of theirs.
  dailymotion: framed('Dailymotion', 'Dailymotion'),
};

/** Which site an item comes from, as consent is kept and frames are made: `youtube`, `kick`; the kind itself for files. */
export const siteKey = (item: Pick<Item, 'player' | 'provider_id'>): string =>
  item.player === 'embed' ? (item.provider_id ?? '').split(':', 1)[0] ?? '' : item.player;

/** What the player of an item can do; `null` where this page knows none for it. */
export function kindOf(item: Pick<Item, 'player' | 'provider_id'>): Kind | null {
  if (item.player === 'twitch' && item.provider_id?.startsWith('clip:') === true) return framed('Twitch', 'Amazon');
  const table: Readonly<Record<string, Kind | undefined>> = item.player === 'embed' ? EMBEDS : CAPABILITIES;
  const key = siteKey(item);
  return Object.hasOwn(table, key) ? table[key] ?? null : null;
}

/** What `follow.ts` is told of a player of an item. */
export const steering = (item: Item): Capabilities => {
  const kind = kindOf(item) ?? FILE;
  return { tuning: kind.tuning ?? 'seeking', rates: kind.rates, live: item.live };
};
