/**
 * Twitch's embedded player, in the words that its own script uses. Orders are blind: it says now and then what it does, and knows no
 * rates. Channels are live, recordings are sought into place; clips have a page of their own, which is in `embed.ts`.
 */
import type { Item } from '../protocol';
import { FramePlayer, read, seconds, type Doing, type Order } from './frame';
import frames from './frames.json';
import type { PlayerPort } from './port';

const [ORIGIN] = frames.twitch as [string, string];
/** Its numbers for orders. */
const PAUSE = 2;
const PLAY = 3;
const SEEK = 4;
const SET_MUTED = 10;
const SET_VOLUME = 11;
const DOING: Readonly<Record<string, Doing>> = {
  Idle: 'paused', Paused: 'paused', Ready: 'nothing', Buffering: 'buffering', Playing: 'playing', Ended: 'ended',
};

const say = (eventName: number, params?: unknown): unknown => ({ eventName, params, namespace: 'twitch-embed-player-proxy' });

class Twitch extends FramePlayer {
  protected override adverts = true;
  protected override lengthLater = true;

  constructor(item: Item) {
    const id = item.provider_id ?? '';
    const what = /^v\d+$/.test(id) ? { video: id } : { channel: id };
    super(item, `${ORIGIN}/?${new URLSearchParams({ ...what, parent: location.hostname, autoplay: 'false' })}`);
  }

  protected greet(): void {
    // It speaks first.
  }

  protected hear(data: unknown): void {
    const { namespace, eventName, params } = read(data);
    if (namespace === 'twitch-embed') this.#happened(String(eventName));
    else if (namespace === 'twitch-embed-player-proxy' && eventName === 'UPDATE_STATE') this.#learn(read(params));
  }

  #happened(event: string): void {
    if (event === 'ready') this.listens();
    else if (event === 'playing') this.learn({ doing: 'playing' });
    else if (event === 'pause') this.learn({ doing: 'paused' });
    else if (event === 'ended') this.learn({ doing: 'ended' });
    else if (event === 'playbackBlocked') this.block();
    else if (event === 'offline' && this.caps.live) this.fail('offline');
    else if (event === 'error') this.fail('trouble');
  }

  #learn(params: Readonly<Record<string, unknown>>): void {
    const time = seconds(params['currentTime']);
    const length = seconds(params['duration']);
    const ahead = seconds(read(read(params['stats'])['videoStats'])['bufferSize']);
    const doing = DOING[String(params['playback'])];
    this.learn({
      ...(time !== undefined && { time }),
      ...(length !== undefined && { length }),
      ...(time !== undefined && ahead !== undefined && { loadedTo: time + ahead }),
      ...(doing !== undefined && { doing }),
    });
  }

  protected word(order: Order): unknown {
    switch (order.do) {
      case 'play': return say(PLAY);
      case 'pause': return say(PAUSE);
      case 'seek': return this.caps.live ? null : say(SEEK, order.to / 1000);
      case 'volume': return say(SET_VOLUME, order.volume);
      case 'muted': return say(SET_MUTED, order.muted);
      case 'rate': return null;
    }
  }
}

export const open = (item: Item): PlayerPort => new Twitch(item);
