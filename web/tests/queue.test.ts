import { describe, expect, it } from 'vitest';
import { gapAt, indexIn, runs } from '../src/ui/queue/place';
import { recognise } from '../src/ui/queue/recognise';
import { lengthOf, readTime, startsAt, totalOf } from '../src/ui/queue/times';

const film = (duration_ms: number | null, part: { start_ms?: number; end_ms?: number; live?: boolean } = {}) =>
  ({ duration_ms, start_ms: part.start_ms ?? null, end_ms: part.end_ms ?? null, live: part.live ?? false });

describe('when things begin', () => {
  it('counts what is left of the film that is on, and the parts of those before', () => {
    const queue = [film(60_000), film(60_000, { start_ms: 10_000, end_ms: 30_000 }), film(5000)];
    expect(startsAt(queue, 1000, 4000)).toEqual([5000, 65_000, 85_000]);
  });

  it('knows nothing behind a film of unknown length, nor while the film stands', () => {
    expect(startsAt([film(null), film(5000)], 0, 1000)).toEqual([1000, null]);
    expect(startsAt([film(5000)], 0, null)).toEqual([null]);
  });

  it('takes a live one for endless, unless somebody set its end', () => {
    expect(lengthOf(film(60_000, { live: true }))).toBeNull();
    expect(lengthOf(film(null, { live: true, end_ms: 9000 }))).toBe(9000);
    expect(totalOf([film(1000), film(null)])).toEqual({ ms: 1000, unknown: 1 });
  });
});

describe('a time that somebody typed', () => {
  it.each([
    ['1:30', 90_000], ['1:02:03', 3_723_000], ['90', 90_000], ['1h2m3s', 3_723_000], ['0:01.5', 1500], ['2 min', 120_000], ['', undefined],
    ['1:75', null], ['soon', null], ['-3', null], ['1:61:00', null],
  ])('reads %j as %j', (text, ms) => expect(readTime(text)).toBe(ms));
});

describe('what a pasted line looks like', () => {
  it.each([
    ['', { kind: 'nothing' }],
    ['sintel short film', { kind: 'words' }],
    ['https://youtu.be/abc', { kind: 'site', site: 'youtube', list: 'none' }],
    ['https://www.youtube.com/watch?v=a&list=PL1', { kind: 'site', site: 'youtube', list: 'part' }],
    ['https://www.youtube.com/watch?v=a&list=RDa', { kind: 'site', site: 'youtube', list: 'none' }],
    ['https://www.youtube.com/playlist?list=PL1', { kind: 'site', site: 'youtube', list: 'whole' }],
    ['https://notyoutube.com/watch', { kind: 'page', host: 'notyoutube.com' }],
    ['films.example/a.MP4?x=1', { kind: 'file', format: 'video' }],
    ['https://films.example/live.m3u8', { kind: 'file', format: 'hls' }],
    ['ftp://films.example/a.mp4', { kind: 'other' }],
    ['https://a.example/1.mp4\nhttps://a.example/2.mp4', { kind: 'many', count: 2 }],
  ])('takes %j for %j', (text, found) => expect(recognise(text)).toEqual(found));
});

describe('a row in hand', () => {
  const rows = [0, 60, 120].map((top) => ({ top, height: 60 }));

  it('lands in the gap over which it is held', () => {
    expect([-10, 20, 40, 100, 170].map((y) => gapAt(rows, y))).toEqual([0, 0, 1, 2, 3]);
  });

  it('takes the index that the others leave for it', () => {
    expect([0, 1, 2, 3].map((gap) => indexIn(gap, 1))).toEqual([0, 1, 1, 2]);
  });

  it('runs the list at its edges, the faster the nearer', () => {
    expect(runs(300, 100, 500)).toBe(0);
    expect(runs(110, 100, 500)).toBeLessThan(runs(140, 100, 500));
    expect(runs(499, 100, 500)).toBeGreaterThan(0);
  });
});
