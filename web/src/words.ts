/**
 * Sentences of the page: a flat file per language for what is there at once, and one for what comes later. `{holes}` are filled
 * here, plurals chosen by `Intl.PluralRules`.
 * A key with plural forms ends in `.one`, `.other`, …; `t` is asked for the part before and given `count`.
 */
import english from './words/en.json';
import type more from './words/en-later.json';

export type Key = keyof typeof english | keyof typeof more;
type Stem<K> = K extends `${infer Base}.other` ? Base : never;
export type Word = Key | Stem<Key>;

const words: Record<string, string> = { ...english };
/** British: no comma before the last of a list, days before months. */
const language = 'en-GB';
const plural = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);
const list = new Intl.ListFormat(language, { type: 'conjunction' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const hours = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const days = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long' });

/** Takes the sentences of parts that come later; `words/later.ts` brings them. */
export function learn(sentences: Readonly<Record<string, string>>): void {
  Object.assign(words, sentences);
}

/** The sentence of a key, its holes filled. */
export function t(key: Word, fill: Readonly<Record<string, string | number>> = {}): string {
  const count = fill['count'];
  const form = typeof count === 'number' ? words[`${key}.${plural.select(count)}`] : undefined;
  const sentence = form ?? words[key] ?? words[`${key}.other`] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = fill[name];
    return value === undefined ? hole : typeof value === 'number' ? numbers.format(value) : value;
  });
}

/** Whether there is a sentence for a key that came from outside. */
export const has = (key: string): key is Key => Object.hasOwn(words, key);

/** A position or length as `1:02:03` or `6:12`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor((seconds % 3600) / 60);
  return hour > 0 ? `${hour}:${two(minute)}:${two(seconds % 60)}` : `${minute}:${two(seconds % 60)}`;
}

/** `8 ms`, `0.4 s`: how far off, without its sign. */
export function offText(ms: number): string {
  const size = Math.abs(ms);
  if (size < 100) return t('unit.ms', { n: Math.round(size) });
  return t('unit.s', { n: (size / 1000).toFixed(1) });
}

export const names = (all: readonly string[]): string => list.format(all);

/** A wall-clock time of today, `21:47`. */
export const wallText = (at: number): string => hours.format(at);

/** How long ago, in words. */
export function agoText(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000);
  if (seconds < 45) return t('ago.now');
  if (seconds < 3600) return relative.format(-Math.max(1, Math.round(seconds / 60)), 'minute');
  if (seconds < 24 * 3600) return relative.format(-Math.round(seconds / 3600), 'hour');
  if (seconds < 7 * 24 * 3600) return relative.format(-Math.round(seconds / 86_400), 'day');
  return days.format(at);
}
