// What the other languages lack against English: sentences, plural forms, holes; and what they say that nobody asks for any more.
import { readFileSync } from 'node:fs';

export const LANGUAGES = ['de', 'es', 'ru', 'zh'];
export const PARTS = ['shell', 'later'];

const read = (language, part) => JSON.parse(readFileSync(new URL(`../src/words/${language}/${part}.json`, import.meta.url), 'utf8'));
const FORM = /\.(zero|one|two|few|many|other)$/;
const holes = (sentence) => [...new Set(sentence.match(/\{\w+\}/g) ?? [])].sort().join(' ');

/** The plural forms that whole numbers need in a language; what is beyond a million is said as `other`. */
export function forms(language) {
  const rules = new Intl.PluralRules(language);
  return [...new Set(Array.from({ length: 1001 }, (_, count) => rules.select(count)))];
}

/** The sentences of English by their stems: a stem with plural forms has several. */
function stems(words) {
  const plural = new Set(Object.keys(words).filter((key) => key.endsWith('.other')).map((key) => key.replace(FORM, '')));
  const all = new Map();
  for (const [key, sentence] of Object.entries(words)) {
    const base = key.replace(FORM, '');
    const stem = plural.has(base) ? base : key;
    all.set(stem, { plural: plural.has(stem), holes: holes(sentence) });
  }
  return all;
}

/** The faults of one part of one language, a line each. */
export function faults(language, part, english = read('en', part), own = read(language, part)) {
  const found = [];
  const wanted = new Set();
  for (const [stem, { plural, holes: needed }] of stems(english)) {
    const keys = plural ? forms(language).map((form) => `${stem}.${form}`) : [stem];
    for (const key of keys) {
      wanted.add(key);
      const sentence = own[key];
      if (sentence === undefined) found.push(`${language}/${part}.json lacks "${key}": ${english[key] ?? english[`${stem}.other`]}`);
      else if (holes(sentence) !== needed) found.push(`${language}/${part}.json: "${key}" has the holes ${holes(sentence) || 'none'}, English ${needed || 'none'}`);
    }
    // Fractions and millions may have forms of their own.
    if (plural) for (const form of new Intl.PluralRules(language).resolvedOptions().pluralCategories) wanted.add(`${stem}.${form}`);
  }
  for (const key of Object.keys(own)) if (!wanted.has(key)) found.push(`${language}/${part}.json: nobody asks for "${key}"`);
  return found;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const all = LANGUAGES.flatMap((language) => PARTS.flatMap((part) => faults(language, part)));
  for (const line of all) console.log(line);
  if (all.length > 0) process.exit(1);
  console.log(`${LANGUAGES.join(', ')} say all that English says`);
}
