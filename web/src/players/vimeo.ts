/**
 * Vimeo's embedded player, in the words of its published player.js. It says where it is four times a second, takes any rate from
 * 0.5 to 2 unless the video's owner forbids it, and says when the browser blocked a start.
 */
import type { Item } from '../protocol';
import { FramePlayer, read, seconds, type Order, type Told } from './frame';
import frames from './frames.json';
import type { Failure, PlayerPort } from './port';

const [ORIGIN] = frames.vimeo as [string];
const SLOWEST = 0.5;
const FASTEST = 2;
const EVENTS = ['playing', 'pause', 'ended', 'timeupdate', 'progress', 'bufferstart', 'bufferend', 'seeked', 'error'];
/** What it calls errors that no order of ours caused. */
const WRONG: Readonly<Record<string, Failure>> = {
  NotFoundError: 'gone', PrivacyError: 'forbidden', PasswordError: 'private', UnsupportedError: 'codec',
};

/** A video's number, and the hash without which an unlisted one does not play; the canonical link holds it. */
function address(item: Item): string {
  const hash = new URL(item.url).pathname.split('/')[2];
  const query = new URLSearchParams({ ...(hash !== undefined && { h: hash }), playsinline: '1', autopause: '0', dnt: '1' });
  return `${ORIGIN}/video/${encodeURIComponent(item.provider_id ?? '')}?${query}`;
}

const call = (method: string, value?: unknown): unknown => (value === undefined ? { method } : { method, value });

class Vimeo extends FramePlayer {
  constructor(item: Item) {
    super(item, address(item));
  }

  protected greet(): void {
    this.post(call('ping'));
  }

  protected hear(data: unknown): void {
    const { event, method, value, data: told } = read(data);
    const info = read(told);
    if (event === 'ready' || method === 'ping') {
      if (!this.listening) {
        for (const name of EVENTS) this.post(call('addEventListener', name));
        this.post(call('getDuration'));
      }
      this.listens();
    } else if (method === 'getDuration') this.learn({ length: seconds(value) ?? 0 });
    else if (event === 'error') this.#wrong(String(info['name']), String(info['method']));
    else if (typeof event === 'string') this.learn(this.#told(event, info));
  }

  /** What an event tells. */
  #told(event: string, info: Readonly<Record<string, unknown>>): Told {
    const time = seconds(info['seconds']);
    const length = seconds(info['duration']);
    const where: Told = { ...(time !== undefined && { time }), ...(length !== undefined && { length }) };
    switch (event) {
      case 'playing': return { ...where, doing: 'playing' };
      case 'pause': return { ...where, doing: 'paused' };
      case 'ended': return { ...where, doing: 'ended' };
      case 'bufferstart': return { doing: 'buffering' };
      case 'bufferend': return { doing: this.wanted ? 'playing' : 'paused' };
      case 'progress': return time === undefined ? {} : { loadedTo: time };
      case 'timeupdate':
      case 'seeked': return where;
      default: return {};
    }
  }

  #wrong(name: string, method: string): void {
    if (name === 'NotAllowedError' && method === 'play') this.block();
    // The owner's plan or wish: then it is sought into place, as any player without rates is.
    else if (method === 'setPlaybackRate') this.learnCaps({ rates: null, tuning: 'seeking' });
    else if (method === 'ready' || method === 'play' || method === 'undefined' || name in WRONG) this.fail(WRONG[name] ?? 'trouble');
  }

  protected word(order: Order): unknown {
    switch (order.do) {
      case 'play':
      case 'pause': return call(order.do);
      case 'seek': return call('setCurrentTime', order.to / 1000);
      case 'rate': return call('setPlaybackRate', Math.min(FASTEST, Math.max(SLOWEST, order.rate)));
      case 'volume': return call('setVolume', order.volume);
      case 'muted': return call('setMuted', order.muted);
    }
  }
}

export const open = (item: Item): PlayerPort => new Vimeo(item);
