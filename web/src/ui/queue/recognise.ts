/** What a pasted line looks like before the server has looked at it; pure, and only a hint. */

export type Site = 'youtube' | 'vimeo' | 'twitch' | 'dailymotion';
export type Recognised =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'words' }
  /** Several lines, or a list that was pasted. */
  | { readonly kind: 'many'; readonly count: number }
  | { readonly kind: 'site'; readonly site: Site; readonly list: 'none' | 'part' | 'whole' }
  | { readonly kind: 'file'; readonly format: 'video' | 'audio' | 'hls' | 'dash' | 'list' }
  | { readonly kind: 'page'; readonly host: string }
  /** Something that no player here opens. */
  | { readonly kind: 'other' };

const SITES: readonly (readonly [RegExp, Site])[] = [
  [/(^|\.)(youtube\.com|youtube-nocookie\.com|youtu\.be)$/, 'youtube'], [/(^|\.)vimeo\.com$/, 'vimeo'],
  [/(^|\.)twitch\.tv$/, 'twitch'], [/(^|\.)(dailymotion\.com|dai\.ly)$/, 'dailymotion'],
];

const FILES: readonly (readonly [RegExp, 'video' | 'audio' | 'hls' | 'dash' | 'list'])[] = [
  [/\.(mp4|m4v|webm|mov|ogv|mkv)$/, 'video'], [/\.(mp3|m4a|ogg|oga|opus|flac|wav|aac)$/, 'audio'], [/\.m3u8$/, 'hls'],
  [/\.mpd$/, 'dash'], [/\.(m3u|pls|csv|json)$/, 'list'],
];

function listOf(site: Site, url: URL): 'none' | 'part' | 'whole' {
  if (site === 'youtube') {
    // Mixes and one's own lists are made for who is signed in there: nobody else can read them.
    const list = url.searchParams.get('list');
    if (list === null || /^(RD|WL|LL)/.test(list)) return 'none';
    return url.pathname === '/playlist' ? 'whole' : 'part';
  }
  if (site === 'vimeo') return /^\/(showcase|album)\//.test(url.pathname) ? 'whole' : 'none';
  if (site === 'dailymotion') return url.pathname.startsWith('/playlist/') ? 'whole' : 'none';
  return 'none';
}

export function recognise(pasted: string): Recognised {
  const text = pasted.trim();
  if (text === '') return { kind: 'nothing' };
  const lines = text.split(/\r?\n/).filter((line) => /https?:\/\//i.test(line));
  if (lines.length > 1) return { kind: 'many', count: lines.length };
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    if (/\s/.test(text) || !/^[\w-]+(\.[\w-]+)+(\/|$)/.test(text)) return { kind: 'words' };
    return recognise(`https://${text}`);
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { kind: 'other' };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { kind: 'other' };
  const host = url.hostname.toLowerCase();
  const site = SITES.find(([pattern]) => pattern.test(host))?.[1];
  if (site !== undefined) return { kind: 'site', site, list: listOf(site, url) };
  const format = FILES.find(([pattern]) => pattern.test(url.pathname.toLowerCase()))?.[1];
  if (format !== undefined) return { kind: 'file', format };
  return { kind: 'page', host: host.replace(/^www\./, '') };
}
