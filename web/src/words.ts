/**
 * Sentences of the page: for each language a flat file of what is there at once, and one of what comes later. `{holes}` are filled
 * here, plurals chosen by `Intl.PluralRules`, and what a language lacks is said in English.
 * A key with plural forms ends in `.one`, `.other`, …; `t` is asked for the part before and given `count`.
 */
import english from './words/en/shell.json';
import type more from './words/en/later.json';
import * as prefs from './prefs';

export type Key = keyof typeof english | keyof typeof more;
type Stem<K> = K extends `${infer Base}.other` ? Base : never;
export type Word = Key | Stem<Key>;
type Sentences = Readonly<Record<string, string>>;

/** What each language is for `Intl` and for `lang`. English is British: no comma before the last of a list, days before months. */
const TAGS = { en: 'en-GB', de: 'de', es: 'es', ru: 'ru', zh: 'zh-Hans' } as const;
export type Language = keyof typeof TAGS;
export const LANGUAGES = Object.keys(TAGS) as readonly Language[];

/** English is in the page itself: every other language lacks something sometimes. */
const files = import.meta.glob<Sentences>(['./words/*/*.json', '!./words/en/*.json'], { import: 'default' });
const inEnglish: Record<string, string> = { ...english };
const englishForms = new Intl.PluralRules('en');

/** How a language writes what is no sentence. */
const speech = (tag: string) => ({
  tag,
  plural: new Intl.PluralRules(tag),
  numbers: new Intl.NumberFormat(tag),
  tenths: new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  list: new Intl.ListFormat(tag, { type: 'conjunction' }),
  relative: new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }),
  hours: new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  days: new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long' }),
});

let current: Language = 'en';
let now = speech(TAGS.en);
let own: Sentences = {};
let turns = 0;
let rest: Promise<unknown> = Promise.resolve();
const listeners = new Set<() => void>();

/** The language that is spoken, and who wants to know when it is another one. */
export const language = {
  get current(): Language {
    return current;
  },
  listen(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** What the reader chose, else the first of the browser's languages that we have, else English. */
export function wanted(): Language {
  const known = (tag: string): Language | undefined => LANGUAGES.find((one) => tag.toLowerCase().split('-')[0] === one);
  return known(prefs.language.get()) ?? navigator.languages.map(known).find((one) => one !== undefined) ?? 'en';
}

/**
 * Speaks another language from now on. Waits for the sentences that are there at once, and with `whole` for the later ones too, so
 * that a page that stands already changes in one go. Where they cannot be had, all stays as it is.
 */
export async function speak(next: Language, whole: boolean): Promise<void> {
  turns += 1;
  const turn = turns;
  const part = (name: string): Promise<Sentences> => files[`./words/${next}/${name}.json`]?.() ?? Promise.resolve({});
  const later = part('later');
  try {
    const said = await (whole ? Promise.all([part('shell'), later]) : Promise.all([part('shell')]));
    if (turn !== turns) return;
    own = Object.assign({}, ...said) as Sentences;
  } catch {
    return;
  }
  rest = later.then(
    (sentences) => {
      if (turn === turns) own = { ...own, ...sentences };
    },
    () => undefined,
  );
  current = next;
  now = speech(TAGS[next]);
  document.documentElement.lang = TAGS[next];
  for (const listener of [...listeners]) listener();
}

/** Settled once the later sentences of this language are there, or cannot be had. */
export const whole = (): Promise<unknown> => rest;

/** Takes the English sentences of parts that come later; `words/later.ts` brings them. */
export function learn(sentences: Sentences): void {
  Object.assign(inEnglish, sentences);
}

/** The sentence of a key, its holes filled. */
export function t(key: Word, fill: Readonly<Record<string, string | number>> = {}): string {
  const count = fill['count'];
  const find = (words: Sentences, forms: Intl.PluralRules): string | undefined =>
    (typeof count === 'number' ? words[`${key}.${forms.select(count)}`] : undefined) ?? words[key] ?? words[`${key}.other`];
  const sentence = find(own, now.plural) ?? find(inEnglish, englishForms) ?? key;
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = fill[name];
    return value === undefined ? hole : typeof value === 'number' ? now.numbers.format(value) : value;
  });
}

/** Whether there is a sentence for a key that came from outside. */
export const has = (key: string): key is Key => Object.hasOwn(inEnglish, key);

/** The tag of the language, for formats of single parts. */
export const tag = (): string => now.tag;

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
  return t('unit.s', { n: now.tenths.format(size / 1000) });
}

export const names = (all: readonly string[]): string => now.list.format(all);

/** A wall-clock time of today, `21:47`. */
export const wallText = (at: number): string => now.hours.format(at);

/** How long ago, in words. */
export function agoText(at: number, today: number): string {
  const seconds = Math.max(0, (today - at) / 1000);
  if (seconds < 45) return t('ago.now');
  if (seconds < 3600) return now.relative.format(-Math.max(1, Math.round(seconds / 60)), 'minute');
  if (seconds < 24 * 3600) return now.relative.format(-Math.round(seconds / 3600), 'hour');
  if (seconds < 7 * 24 * 3600) return now.relative.format(-Math.round(seconds / 86_400), 'day');
  return now.days.format(at);
}
