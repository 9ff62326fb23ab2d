/** WebVTT and SubRip, read into cues. Pure: what is marked up comes out as parts, never as HTML. */

export interface Span {
  readonly text: string;
  readonly italic: boolean;
  readonly bold: boolean;
  readonly underlined: boolean;
  /** Who speaks, where the track says so. */
  readonly voice: string | null;
}

export interface Cue {
  /** ms. */
  readonly start: number;
  readonly end: number;
  /** Lines of spans. */
  readonly lines: readonly (readonly Span[])[];
  /** It wants to stand in the upper part of the picture. */
  readonly top: boolean;
}

/** More cues than any film has. */
const MOST = 20_000;
const TIMING = /^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})(.*)$/;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', nbsp: '\u00A0', lrm: '\u200E', rlm: '\u200F', quot: '"', apos: "'" };

/** `1:02:03.450`, `02:03,450`: ms. */
function timeOf(text: string): number {
  const [clock = '', part = '0'] = text.replace(',', '.').split('.');
  const seconds = clock.split(':').reduce((sum, one) => sum * 60 + Number(one), 0);
  return seconds * 1000 + Number(part.padEnd(3, '0'));
}

const decoded = (text: string): string =>
  text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole;
    const code = name[1]?.toLowerCase() === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF) ? String.fromCodePoint(code) : '';
  });

/** The text of a cue, its few tags read and all others dropped. */
export function spansOf(text: string): readonly (readonly Span[])[] {
  const lines: Span[][] = [[]];
  const open = { i: 0, b: 0, u: 0 };
  let voice: string | null = null;
  for (const part of text.split(/(<[^>]*>|\n)/)) {
    if (part === '') continue;
    if (part === '\n') {
      lines.push([]);
      continue;
    }
    const tag = /^<(\/?)([a-z]*)[^\s>]*\s*([^>]*)>$/i.exec(part);
    if (tag !== null) {
      const [, close, name = '', rest = ''] = tag;
      const key = name.toLowerCase();
      if (key === 'i' || key === 'b' || key === 'u') open[key] = Math.max(0, open[key] + (close === '/' ? -1 : 1));
      else if (key === 'v') voice = close === '/' || rest.trim() === '' ? null : decoded(rest.trim());
      continue;
    }
    // Some SubRip files place their lines by marks in braces.
    const said = decoded(part.replace(/\{\\[^}]*\}/g, ''));
    if (said !== '') lines.at(-1)?.push({ text: said, italic: open.i > 0, bold: open.b > 0, underlined: open.u > 0, voice });
  }
  return lines.filter((line) => line.some((span) => span.text.trim() !== ''));
}

/** `line:` of less than half of the height means the upper part; so does `{\an8}` in SubRip. */
const isTop = (settings: string, text: string): boolean => {
  const line = /\bline:(-?\d+(?:\.\d+)?)(%?)/.exec(settings);
  if (line !== null) {
    const value = Number(line[1]);
    return line[2] === '%' ? value < 50 : value >= 0 && value < 8;
  }
  return /\{\\an[789]\}/.test(text);
};

/** All cues of a file, in the order of their starts. A block that is none is left out. */
export function readCues(file: string): readonly Cue[] {
  const cues: Cue[] = [];
  const blocks = file.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').split(/\n[ \t]*\n+/);
  for (const block of blocks) {
    const rows = block.split('\n');
    const at = rows.findIndex((row) => TIMING.test(row));
    const timing = at < 0 || at > 2 ? null : TIMING.exec(rows[at] ?? '');
    if (timing === null) continue;
    const text = rows.slice(at + 1).join('\n').trim();
    const [start, end] = [timeOf(timing[1] ?? ''), timeOf(timing[2] ?? '')];
    const lines = spansOf(text);
    if (end > start && lines.length > 0) cues.push({ start, end, lines, top: isTop(timing[3] ?? '', text) });
    if (cues.length >= MOST) break;
  }
  return cues.sort((one, other) => one.start - other.start);
}

/** The cues that are to be seen at a time. */
export function cuesAt(cues: readonly Cue[], ms: number): readonly Cue[] {
  // Films have a few thousand: the first that starts later ends the search.
  const found: Cue[] = [];
  for (const cue of cues) {
    if (cue.start > ms) break;
    if (cue.end > ms) found.push(cue);
  }
  return found;
}
