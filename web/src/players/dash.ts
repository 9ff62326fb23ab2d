/** DASH through dash.js; its own catch-up and rate tricks are off, for `follow.ts` steers. */
import { MediaPlayer as Dash } from 'dashjs';
import type { Item } from '../protocol';
import { MediaPlayer } from './native';
import type { PlayerPort } from './port';

const SETTINGS = { streaming: { liveCatchup: { enabled: false } } } as const;

export function open(item: Item): PlayerPort {
  return new MediaPlayer(item, (element, fail) => {
    const dash = Dash().create();
    dash.initialize(element, item.url, false);
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its types name a class, its code takes an object
    dash.updateSettings(SETTINGS);
    dash.on('error', () => fail());
    return () => dash.destroy();
  });
}
