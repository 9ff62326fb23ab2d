/** What a pasted text is, by its looks alone: a way into a room, or something to watch. The server decides; this only says what it will be taken for. */

export type Seen =
  /** An invite link or a room's address: a path of this page. */
  | { readonly kind: 'way'; readonly path: string }
  /** A spoken code, six symbols. */
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'site'; readonly url: string; readonly name: string }
  | { readonly kind: 'file' | 'stream' | 'link'; readonly url: string; readonly name: string }
  /** A link that no browser may watch: not http. */
  | { readonly kind: 'scheme' }
  | { readonly kind: 'words'; readonly url: string };

const SITES: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)(youtube(-nocookie)?\.com|youtu\.be)$/, 'YouTube'],
  [/(^|\.)vimeo\.com$/, 'Vimeo'],
  [/(^|\.)twitch\.tv$/, 'Twitch'],
  [/(^|\.)(dailymotion\.com|dai\.ly)$/, 'Dailymotion'],
];

const FILES = /\.(mp4|m4v|webm|mov|mkv|ogv|mp3|m4a|aac|ogg|oga|opus|flac|wav)$/i;
const STREAMS = /\.(m3u8|mpd)$/i;

/** `null` for nothing. `origin` is this page's own. */
export function recognise(given: string, origin: string): Seen | null {
  const text = given.trim();
  if (text === '') return null;
  if (isCode(text)) return { kind: 'code', code: text.replace(/[\s-]/g, '').toUpperCase() };
  if (/^[A-Za-z0-9]{16}$/.test(text)) return { kind: 'way', path: `/j/${text}` };
  const url = linkOf(text);
  if (url === null) return { kind: 'words', url: text };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { kind: 'scheme' };
  const way = /^\/(j|r)\/([\w-]+)\/?$/.exec(url.pathname);
  if (way !== null && url.origin === origin) return { kind: 'way', path: `/${way[1] ?? 'j'}/${way[2] ?? ''}` };
  const site = SITES.find(([pattern]) => pattern.test(url.hostname));
  if (site !== undefined) return { kind: 'site', url: url.href, name: site[1] };
  const name = url.hostname.replace(/^www\./, '');
  if (STREAMS.test(url.pathname)) return { kind: 'stream', url: url.href, name };
  return { kind: FILES.test(url.pathname) ? 'file' : 'link', url: url.href, name };
}

/** A spoken code is written in two halves, has digits in it or is typed in capitals; six small letters in a row are a word. */
function isCode(text: string): boolean {
  // No I, O, 0 and 1: nobody could tell them apart.
  if (/^[A-HJ-NP-Z2-9]{3}[\s-][A-HJ-NP-Z2-9]{3}$/i.test(text)) return true;
  const word = text.replace(/[\s-]/g, '');
  return /^[A-Za-z0-9]{6}$/.test(word) && (/\d/.test(word) || word === word.toUpperCase());
}

/** A link, also one without its scheme, as people copy them. */
function linkOf(text: string): URL | null {
  if (/\s/.test(text)) return null;
  const named = /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[\w.-]+:\d+(\/|$)/.test(text);
  if (!named && !/^[\w-]+(\.[\w-]+)+(:\d+)?(\/|$|\?)/.test(text)) return null;
  try {
    return new URL(named ? text : `https://${text}`);
  } catch {
    return null;
  }
}
