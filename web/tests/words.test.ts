import { expect, it } from 'vitest';
import english from '../src/words/en.json';
import later from '../src/words/en-later.json';

const sources = import.meta.glob<string>('../src/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });

it('brings the later sentences along wherever they are spoken', () => {
  const stems = Object.keys(later).map((key) => key.replace(/\.(one|other)$/, ''));
  const forgot = Object.entries(sources).flatMap(([name, source]) =>
    source.includes("import '../words/later'") ? [] : stems.filter((key) => source.includes(`t('${key}'`)).map((key) => `${name}: ${key}`));
  expect(Object.keys(sources).length).toBeGreaterThan(40);
  expect(forgot).toEqual([]);
});

it('has each sentence once', () => {
  expect(Object.keys(english).filter((key) => key in later)).toEqual([]);
});
