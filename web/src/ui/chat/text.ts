/** A line of chat in parts: links that can be opened, names that are meant, and the rest. Pure; nothing here is ever HTML. */

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  /** Somebody here is meant: `person` is whose name it is. */
  | { readonly kind: 'name'; readonly text: string; readonly person: string };

interface Named {
  readonly person: string;
  readonly name: string;
}

/** The end of a sentence is not the end of its link. */
const TRAILING = /[.,;:!?'"»”’…]+$/;

/** A link without what the sentence put behind it. */
function trimmed(found: string): string {
  let link = found.replace(TRAILING, '');
  // A closing bracket belongs to the link only where it was opened in it.
  while (/[)\]]$/.test(link)) {
    const close = link.at(-1) === ')' ? /\)/g : /\]/g;
    const open = link.at(-1) === ')' ? /\(/g : /\[/g;
    if ((link.match(close)?.length ?? 0) <= (link.match(open)?.length ?? 0)) break;
    link = link.slice(0, -1).replace(TRAILING, '');
  }
  return link;
}

/** The address of a link, if it is one of http or https. */
function address(link: string): string | null {
  try {
    const url = new URL(link);
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '' ? url.href : null;
  } catch {
    return null;
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Takes a line apart. Names are meant by `@Name`; of several that fit the longest is. */
export function parts(text: string, people: readonly Named[] = []): readonly Part[] {
  const byName = new Map(people.filter((one) => one.name !== '').map((one) => [one.name.toLowerCase(), one.person]));
  const names = [...byName.keys()].sort((one, other) => other.length - one.length).map(escaped).join('|');
  const pattern = new RegExp(`https?://[^\\s<>]+${names === '' ? '' : `|(?<![\\p{L}\\p{N}_])@(?:${names})(?![\\p{L}\\p{N}_])`}`, 'giu');
  const found: Part[] = [];
  const plain = (part: string): void => {
    if (part === '') return;
    const last = found.at(-1);
    if (last?.kind === 'text') found[found.length - 1] = { kind: 'text', text: last.text + part };
    else found.push({ kind: 'text', text: part });
  };
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    plain(text.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[0].startsWith('@')) {
      found.push({ kind: 'name', text: match[0], person: byName.get(match[0].slice(1).toLowerCase()) ?? '' });
      continue;
    }
    const link = trimmed(match[0]);
    const href = address(link);
    if (href === null) plain(match[0]);
    else {
      found.push({ kind: 'link', text: link, href });
      plain(match[0].slice(link.length));
    }
  }
  plain(text.slice(at));
  return found;
}

/** At most so many of them are drawn larger. */
const LARGE = 6;
/** A picture with what may follow it (skin, colour, what it is joined to), a flag, or a blank. */
const PICTURES = /^(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F|\u200D|\u20E3)*|\p{Regional_Indicator}{2}|\s)+$/u;

/** Whether a line is a few pictures and nothing else. */
export function isPictures(text: string): boolean {
  if (text.length > 80 || !PICTURES.test(text)) return false;
  const bare = text.replace(/\s+/g, '');
  // A family of four is one picture.
  return bare !== '' && [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(bare)].length <= LARGE;
}
