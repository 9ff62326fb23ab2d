/** Which addresses of an item a page may play from, in the order in which they are tried. */
import type { Item } from '../protocol';

interface Page {
  /** `https:` or `http:`. */
  readonly protocol: string;
}

/** Loopback may be loaded from anywhere: browsers do not call it mixed. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * The item's own link, unless a page on https would have to load plain http for it, which browsers forbid; then the server's relay
 * of it, where there is one. None means that it could only play through a relay.
 */
export function sourcesOf(item: Item, page: Page = location): readonly string[] {
  const mixed = page.protocol === 'https:' && item.url.startsWith('http:') && !LOOPBACK.test(new URL(item.url).hostname);
  const relay = item.relay_url ?? null;
  return [...(mixed ? [] : [item.url]), ...(relay === null ? [] : [relay])];
}
