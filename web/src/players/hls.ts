/**
 * HLS: hls.js where it works, and the browser itself where it does not (Safari on iOS, which plays HLS natively).
 *
 * The full build and not the light one: many streams carry their sound apart from the picture, and those would be silent.
 */
import Hls, { ErrorDetails, ErrorTypes, Events, type ErrorData } from 'hls.js';
import type { Item } from '../protocol';
import { diagnose, ofStatus } from './diagnosis';
import { eachHeight } from './heights';
import { MediaPlayer, bringByItself, type Bring } from './native';
import type { Failure, PlayerPort, Quality } from './port';

/** The level that it chooses by itself. */
const AUTO = -1;

function qualityOf(hls: Hls): Quality {
  const levels = () => eachHeight(hls.levels.map((level, id) => ({ id, height: level.height })));
  const same = (index: number): number | null => levels().find((level) => level.height === hls.levels[index]?.height)?.id ?? null;
  return {
    levels,
    chosen: () => (hls.autoLevelEnabled ? null : same(hls.loadLevel)),
    current: () => same(hls.currentLevel),
    choose: (level) => {
      hls.nextLevel = level ?? AUTO;
    },
  };
}

/** Parts of a film that are not there are waited for so long, ms. */
const NOTHING_FOR = 5000;
/** What it says of codecs that the browser does not know. */
const CODECS: readonly string[] = [
  ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR, ErrorDetails.BUFFER_ADD_CODEC_ERROR, ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR,
];

/** What an error that it cannot get over means. A status of 0 hides why: the source is asked. */
export function reasonOf(data: Pick<ErrorData, 'type' | 'details'> & { response?: { code?: number }; url?: string }, url: string): Failure | Promise<Failure> {
  if (data.type === ErrorTypes.KEY_SYSTEM_ERROR) return 'protected';
  if (CODECS.includes(data.details)) return 'codec';
  if (data.details === ErrorDetails.MANIFEST_PARSING_ERROR) return 'unplayable';
  if (data.type !== ErrorTypes.NETWORK_ERROR) return data.type === ErrorTypes.MEDIA_ERROR ? 'codec' : 'unknown';
  const status = data.response?.code ?? 0;
  return status > 0 ? ofStatus(status) : diagnose(data.url ?? url, 'needs_relay');
}

const bring: Bring = (element, url, fail) => {
  if (!Hls.isSupported()) return bringByItself(element, url, fail);
  // The page's CSP allows no workers from blobs.
  const hls = new Hls({ enableWorker: false });
  let recovered = false;
  let missing: ReturnType<typeof setTimeout> | undefined;
  hls.on(Events.ERROR, (_event, data) => {
    // Parts that are not there it steps over, for ever where none of them is.
    const status = data.response?.code ?? 0;
    if (!data.fatal && data.details === ErrorDetails.FRAG_LOAD_ERROR && status >= 400 && element.buffered.length === 0) {
      missing ??= setTimeout(() => {
        if (element.buffered.length === 0) fail(ofStatus(status));
      }, NOTHING_FOR);
    }
    if (!data.fatal) return;
    if (data.type === ErrorTypes.MEDIA_ERROR && !recovered && !CODECS.includes(data.details)) {
      recovered = true;
      hls.recoverMediaError();
      return;
    }
    void Promise.resolve(reasonOf(data, url)).then(fail);
  });
  hls.loadSource(url);
  hls.attachMedia(element);
  const stop = (): void => {
    clearTimeout(missing);
    hls.destroy();
  };
  return { stop, edge: () => hls.liveSyncPosition, quality: qualityOf(hls) };
};

export const open = (item: Item): PlayerPort => new MediaPlayer(item, bring);
