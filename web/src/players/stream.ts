/** A stream that a room announces: a page of a platform in a frame, which takes no orders and moves with nobody. */
import { CAPABILITIES, EMBEDS } from './capabilities';
import frames from './frames.json';

export interface Stream {
  readonly src: string;
  /** Under which name consent to its site is kept. */
  readonly key: string;
  readonly site: string;
  /** Whom loading it connects to. */
  readonly company: string;
}

/** The frame behind a link that the server made; `null` where this page frames no such site. */
export function streamAt(link: string): Stream | null {
  let url: URL;
  try {
    url = new URL(link);
  } catch {
    return null;
  }
  // The same player without cookies, as for films.
  if (url.host === 'www.youtube.com') url.host = new URL(frames.youtube[0] ?? link).host;
  // It plays on the host that shows it, by whichever name people reach that.
  if (url.searchParams.has('parent')) url.searchParams.set('parent', location.hostname);
  const found = Object.entries(frames).find(([, origins]) => origins.includes(url.origin));
  if (found === undefined) return null;
  const [key] = found;
  const site = ({ ...CAPABILITIES, ...EMBEDS } as Readonly<Record<string, { readonly site: { readonly name: string; readonly company: string } | null }>>)[key]?.site;
  return site == null ? null : { src: url.href, key, site: site.name, company: site.company };
}
