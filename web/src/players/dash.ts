/** DASH through dash.js; its own catch-up and rate tricks are off, for `follow.ts` steers. */
import { MediaPlayer as Dash, type MediaPlayerClass } from 'dashjs';
import type { Item } from '../protocol';
import { diagnose } from './diagnosis';
import { eachHeight } from './heights';
import { MediaPlayer, type Bring } from './native';
import type { Failure, PlayerPort, Quality } from './port';

const SETTINGS = { streaming: { liveCatchup: { enabled: false } } } as const;

/** Its numbers for a manifest that is none, for a codec that the browser does not know, and for what does not stop the film. */
const PARSING = [10, 31, 32, 34];
const CODEC = [23, 35];
const HARMLESS = [12, 16, 29, 33, 109];
/** Its numbers for rights. */
const isRights = (code: number): boolean => code === 24 || code === 36 || (code >= 100 && code < 200);

/** What an error means, `null` where the film goes on; what it could not fetch is asked of the source. */
export function reasonOf(code: number, url: string): Failure | null | Promise<Failure> {
  if (HARMLESS.includes(code)) return null;
  if (isRights(code)) return 'protected';
  if (CODEC.includes(code)) return 'codec';
  return PARSING.includes(code) ? 'unplayable' : diagnose(url, 'needs_relay');
}

function qualityOf(dash: MediaPlayerClass): Quality {
  const levels = () => eachHeight(dash.getRepresentationsByType('video').map((one) => ({ id: one.index, height: one.height })));
  let chosen: number | null = null;
  return {
    levels,
    chosen: () => chosen,
    current: () => {
      const height = (dash.getCurrentRepresentationForType('video') as { readonly height: number } | null)?.height;
      return levels().find((level) => level.height === height)?.id ?? null;
    },
    choose: (level) => {
      chosen = level;
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its types name a class, its code takes an object
      dash.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: level === null } } } });
      // What is loaded is replaced: else one waits until all of it was seen before the picture is the one that was chosen.
      if (level !== null) dash.setRepresentationForTypeByIndex('video', level, true);
    },
  };
}

const bring: Bring = (element, url, fail) => {
  const dash = Dash().create();
  dash.initialize(element, url, false);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its types name a class, its code takes an object
  dash.updateSettings(SETTINGS);
  dash.on('error', (event: unknown) => {
    const { error } = event as { error?: { code?: number; data?: { request?: { url?: string } } } };
    void Promise.resolve(reasonOf(error?.code ?? 0, error?.data?.request?.url ?? url)).then((why) => {
      if (why !== null) fail(why);
    });
  });
  return { stop: () => dash.destroy(), quality: qualityOf(dash) };
};

export const open = (item: Item): PlayerPort => new MediaPlayer(item, bring);
