/**
 * Players of sites that take no orders: shown in a frame, started by hand. Frames are made from ids that the server has checked, never
 * from markup of anybody. Where a site documents how to begin in the middle, it begins where the room is.
 */
import type { Item } from '../protocol';
import { siteKey, steering } from './capabilities';
import { frame } from './frame';
import frames from './frames.json';
import type { Opening } from './open';
import type { Capabilities, Failure, PlayerPort } from './port';

type Address = (id: string, second: number, item: Item) => string;

const safe = encodeURIComponent;
const from = (name: string, second: number): string => (second > 0 ? `&${name}=${second}` : '');

const ADDRESSES: Readonly<Record<string, Address>> = {
  dailymotion: (id, second) => `${frames.dailymotion[0]}/player.html?video=${safe(id)}${from('startTime', second)}`,
  // Clips only: its channels and recordings take orders.
  twitch: (id) => `${frames.twitch[1]}/embed?clip=${safe(id.slice('clip:'.length))}&parent=${safe(location.hostname)}&autoplay=false`,
  kick: (id) => `${frames.kick[0]}/${safe(id)}`,
  facebook: (_id, _second, item) => `${frames.facebook[0]}/plugins/video.php?href=${safe(item.url)}&show_text=false`,
  tiktok: (id) => `${frames.tiktok[0]}/player/v1/${safe(id)}`,
  streamable: (id) => `${frames.streamable[0]}/e/${safe(id)}`,
  rumble: (id) => `${frames.rumble[0]}/embed/${safe(id)}/`,
  bilibili: (id, second) => {
    const [video = '', part] = id.split(':');
    return `${frames.bilibili[0]}/player.html?bvid=${safe(video)}&autoplay=0${part === undefined ? '' : `&p=${safe(part)}`}${from('t', second)}`;
  },
  odysee: (id) => `${frames.odysee[0]}/$/embed/${id.split('/').map(safe).join('/')}`,
};

/** Sites whose frame can be made to begin where the room is. */
const BEGINS: readonly string[] = ['dailymotion', 'bilibili'];

/** Whether the frame of an item can be opened anew where the room is. */
export const beginsAnywhere = (item: Item): boolean => !item.live && BEGINS.includes(siteKey(item));

/** A frame that takes no orders and says nothing. */
class Unsteered implements PlayerPort {
  readonly caps: Capabilities;
  readonly ownControls = true;
  readonly element = null;
  readonly failure: Failure | null = null;
  readonly node: HTMLIFrameElement;

  constructor(item: Item, src: string) {
    this.caps = { ...steering(item), rates: null };
    this.node = frame(src, item);
  }

  time(): number {
    return 0;
  }

  duration(): number | null {
    return null;
  }

  loaded(): boolean {
    return false;
  }

  ready(): boolean {
    return false;
  }

  paused(): boolean {
    return true;
  }

  ended(): boolean {
    return false;
  }

  buffered(): boolean {
    return false;
  }

  bufferedUntil(): number {
    return 0;
  }

  seek(): void {
    // Nobody can.
  }

  play(): Promise<'playing'> {
    return Promise.resolve('playing');
  }

  pause(): void {
    // Nobody can.
  }

  setRate(): void {
    // Nobody can.
  }

  setVolume(): void {
    // Nobody can.
  }

  setMuted(): void {
    // Nobody can.
  }

  onSignal(): void {
    // It never has anything to say.
  }

  destroy(): void {
    this.node.remove();
  }
}

export function open(item: Item, { position }: Opening): PlayerPort | null {
  const site = siteKey(item);
  const address = Object.hasOwn(ADDRESSES, site) ? ADDRESSES[site] : undefined;
  if (address === undefined) return null;
  const id = item.player === 'embed' ? (item.provider_id ?? '').slice(site.length + 1) : item.provider_id ?? '';
  return new Unsteered(item, address(id, item.live ? 0 : Math.floor(position / 1000), item));
}
