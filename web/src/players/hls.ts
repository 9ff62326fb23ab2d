/** HLS: hls.js where it works, and the browser itself where it does not (Safari on iOS, which plays HLS natively). */
import Hls from 'hls.js/light';
import type { Item } from '../protocol';
import { MediaPlayer } from './native';
import type { PlayerPort } from './port';

export function open(item: Item): PlayerPort {
  return new MediaPlayer(item, (element, fail) => {
    if (!Hls.isSupported()) {
      element.src = item.url;
      return () => undefined;
    }
    // The page's CSP allows no workers from blobs.
    const hls = new Hls({ enableWorker: false });
    let recovered = false;
    hls.on(Hls.Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
        recovered = true;
        hls.recoverMediaError();
        return;
      }
      fail();
    });
    hls.loadSource(item.url);
    hls.attachMedia(element);
    return () => hls.destroy();
  });
}
