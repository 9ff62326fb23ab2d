/** YouTube's embedded player, in the words of its IFrame API. Its rates are steps, and it ignores them before it has played. */
import type { Item } from '../protocol';
import { FramePlayer, read, seconds, type Doing, type Order } from './frame';
import frames from './frames.json';
import type { Failure, PlayerPort } from './port';

const [ORIGIN] = frames.youtube as [string];
/** Its numbers for what it does; cued and unstarted are nothing yet. */
const DOING: Readonly<Record<number, Doing>> = { [-1]: 'nothing', 0: 'ended', 1: 'playing', 2: 'paused', 3: 'buffering', 5: 'nothing' };
/** Its numbers for what is wrong. */
const WRONG: Readonly<Record<number, Failure>> = {
  2: 'not_found', 5: 'trouble', 100: 'gone', 101: 'forbidden', 150: 'forbidden', 153: 'no_referrer',
};
const EVENTS = ['onStateChange', 'onError', 'onAutoplayBlocked'];

const message = (body: object): string => JSON.stringify({ ...body, id: 1, channel: 'widget' });
const call = (func: string, ...args: unknown[]): string => message({ event: 'command', func, args });

class YouTube extends FramePlayer {
  protected override adverts = true;
  readonly #id: string;

  constructor(item: Item) {
    const id = item.provider_id ?? '';
    const query = new URLSearchParams({ enablejsapi: '1', playsinline: '1', rel: '0', origin: location.origin });
    super(item, `${ORIGIN}/embed/${encodeURIComponent(id)}?${query}`);
    this.#id = id;
  }

  protected greet(): void {
    this.post(message({ event: 'listening' }));
  }

  protected hear(data: unknown): void {
    const { event, info } = read(data);
    if (typeof event !== 'string') return;
    if (!this.listening) for (const name of EVENTS) this.post(call('addEventListener', name));
    this.listens();
    if (event === 'onError') this.fail(WRONG[Number(info)] ?? 'unknown');
    else if (event === 'onAutoplayBlocked') this.block();
    else if (event === 'onStateChange') this.#learn({ playerState: info });
    else if (event === 'initialDelivery' || event === 'infoDelivery') this.#learn(read(info));
  }

  #learn(info: Readonly<Record<string, unknown>>): void {
    const length = seconds(info['duration']);
    const part = info['videoLoadedFraction'];
    const doing = DOING[Number(info['playerState'] ?? NaN)];
    const time = seconds(info['currentTime']);
    const whole = length ?? this.duration();
    this.learn({
      ...(length !== undefined && { length }),
      ...(typeof part === 'number' && whole !== null && { loadedTo: part * whole }),
      ...(time !== undefined && { time }),
      ...(doing !== undefined && { doing }),
    });
  }

  protected word(order: Order): string {
    switch (order.do) {
      case 'play': return call('playVideo');
      case 'pause': return call('pauseVideo');
      case 'seek':
        // Seeking one that never played would start it.
        if (this.hasPlayed || this.wanted) return call('seekTo', order.to / 1000, true);
        return call('cueVideoById', { videoId: this.#id, startSeconds: order.to / 1000 });
      case 'rate': return call('setPlaybackRate', order.rate);
      case 'volume': return call('setVolume', Math.round(order.volume * 100));
      case 'muted': return call(order.muted ? 'mute' : 'unMute');
    }
  }
}

export const open = (item: Item): PlayerPort => new YouTube(item);
