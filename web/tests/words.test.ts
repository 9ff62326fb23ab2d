import { afterEach, expect, it } from 'vitest';
import english from '../src/words/en/shell.json';
import later from '../src/words/en/later.json';
import { agoText, has, language, names, offText, speak, t, wanted, whole } from '../src/words';
import * as prefs from '../src/prefs';
import { faults, forms, LANGUAGES, PARTS } from '../scripts/words.mjs';
import '../src/words/later';

const sources = import.meta.glob<string>('../src/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });
const files = import.meta.glob<Record<string, string>>('../src/words/*/*.json', { import: 'default', eager: true });

afterEach(async () => {
  prefs.language.set('');
  await speak('en', true);
});

it('brings the later sentences along wherever they are spoken', () => {
  const stems = Object.keys(later).map((key) => key.replace(/\.(one|other)$/, ''));
  const forgot = Object.entries(sources).flatMap(([name, source]) =>
    /import '(\.\.\/)+words\/later'/.test(source) ? [] : stems.filter((key) => source.includes(`t('${key}'`)).map((key) => `${name}: ${key}`));
  expect(Object.keys(sources).length).toBeGreaterThan(40);
  expect(forgot).toEqual([]);
});

it('has each sentence once', () => {
  expect(Object.keys(english).filter((key) => key in later)).toEqual([]);
});

it('says in every language all that English says, with the same holes and the plural forms of the language', () => {
  const said = (one: string, part: string): Record<string, string> => files[`../src/words/${one}/${part}.json`] ?? {};
  expect(LANGUAGES.flatMap((one) => PARTS.flatMap((part) => faults(one, part, said('en', part), said(one, part))))).toEqual([]);
});

it('finds what a language lacks', () => {
  const said = { 'a': 'A {name}', 'b.one': '{count} b', 'b.other': '{count} bs' };
  const own = { 'a': 'Ein {nome}', 'b.one': '{count} б', 'b.few': '{count} б', 'c': 'C' };
  expect(faults('ru', 'shell', said, own)).toEqual([
    'ru/shell.json: "a" has the holes {nome}, English {name}',
    'ru/shell.json lacks "b.many": {count} bs',
    'ru/shell.json: nobody asks for "c"',
  ]);
  expect(forms('ru')).toEqual(['many', 'one', 'few']);
  expect(forms('zh')).toEqual(['other']);
});

it('counts in Russian as Russians do', async () => {
  await speak('ru', true);
  await whole();
  expect([1, 2, 5, 11, 21, 22, 25].map((count) => t('playlist.films', { count }))).toEqual([
    '1 фильм', '2 фильма', '5 фильмов', '11 фильмов', '21 фильм', '22 фильма', '25 фильмов',
  ]);
  expect(document.documentElement.lang).toBe('ru');
});

it('writes lists, spans and fractions as the language does', async () => {
  expect(names(['Ana', 'Ben', 'Cleo'])).toBe('Ana, Ben and Cleo');
  expect(offText(420)).toBe('0.4 s');
  await speak('de', true);
  expect(names(['Ana', 'Ben', 'Cleo'])).toBe('Ana, Ben und Cleo');
  expect(offText(420)).toBe('0,4 s');
  expect(agoText(0, 2 * 3_600_000)).toBe('vor 2 Stunden');
});

it('takes the language that was chosen, else the first of the browser that there is, else English', () => {
  const browser = (...tags: string[]): void => {
    Object.defineProperty(navigator, 'languages', { value: tags, configurable: true });
  };
  browser('fr-CH', 'es-419', 'de');
  expect(wanted()).toBe('es');
  prefs.language.set('zh');
  expect(wanted()).toBe('zh');
  prefs.language.set('');
  browser('fr');
  expect(wanted()).toBe('en');
  browser('en-US');
});

it('tells who listens, and says in English what a language lacks', async () => {
  let heard = 0;
  const stop = language.listen(() => { heard += 1; });
  await speak('zh', true);
  expect([heard, language.current, t('settings')]).toEqual([1, 'zh', '设置']);
  stop();
  expect(has('refusal.offline')).toBe(true);
  expect(has('refusal.nothing')).toBe(false);
  // A sentence that a later build has and a kept language file has not.
  const { learn } = await import('../src/words');
  learn({ 'later.than.all': 'Said in English' });
  expect(t('later.than.all' as 'settings')).toBe('Said in English');
});
