import { describe, expect, it } from 'vitest';
import { recognise } from '../src/ui/landing/recognise';
import { untilText, whenText } from '../src/ui/when';

const HERE = 'https://party.example';
const kind = (text: string): string | undefined => recognise(text, HERE)?.kind;

describe('what is pasted', () => {
  it('is a way in where it leads here, and a link where it leads elsewhere', () => {
    expect(recognise('https://party.example/j/Qg4QzCB47kPqyh66', HERE)).toEqual({ kind: 'way', path: '/j/Qg4QzCB47kPqyh66' });
    expect(recognise(' https://party.example/r/018f-aa/?chat ', HERE)).toEqual({ kind: 'way', path: '/r/018f-aa' });
    expect(recognise('Qg4QzCB47kPqyh66', HERE)).toEqual({ kind: 'way', path: '/j/Qg4QzCB47kPqyh66' });
    expect(kind('https://other.example/j/Qg4QzCB47kPqyh66')).toBe('link');
  });

  it('is a code in any letter case, with the gap that people write, but no plain word', () => {
    for (const text of ['8RB C56', '8rbc56', '8RB-C56', 'ABCDEF', 'gtq azd']) expect(recognise(text, HERE)).toMatchObject({ kind: 'code' });
    expect(recognise('8rb c56', HERE)).toEqual({ kind: 'code', code: '8RBC56' });
    expect(kind('sintel')).toBe('words');
    expect(kind('big buck bunny')).toBe('words');
  });

  it('is called by its site, or by what its path ends in', () => {
    expect(recognise('youtu.be/dQw4w9WgXcQ', HERE)).toEqual({ kind: 'site', url: 'https://youtu.be/dQw4w9WgXcQ', name: 'YouTube' });
    expect(recognise('https://m.youtube.com/watch?v=x', HERE)).toMatchObject({ name: 'YouTube' });
    expect(kind('https://notyoutube.com/a.mp4')).toBe('file');
    expect(kind('https://films.example/a.MP4?key=1')).toBe('file');
    expect(kind('https://films.example/live.m3u8')).toBe('stream');
    expect(recognise('www.films.example/watch/7', HERE)).toEqual({ kind: 'link', url: 'https://www.films.example/watch/7', name: 'films.example' });
    expect(kind('127.0.0.1:8080/clip.webm')).toBe('file');
  });

  it('is nothing that a browser would run', () => {
    for (const text of ['javascript:alert(1)', 'ftp://films.example/a.mp4', 'data:text/html,x', 'magnet:?xt=urn:x']) expect(kind(text)).toBe('scheme');
    expect(recognise('   ', HERE)).toBeNull();
  });
});

describe('hours to come', () => {
  const now = new Date(2026, 10, 20, 18, 0).getTime();
  const at = (day: number, hour: number): number => new Date(2026, 10, day, hour, 30).getTime();

  it('are told as near as they are', () => {
    expect(whenText(at(20, 20), now)).toBe('20:30');
    expect(whenText(at(22, 20), now)).toBe('20:30 on Sunday');
    expect(whenText(at(29, 20), now)).toBe('20:30 on 29 November');
    expect(whenText(new Date(2027, 0, 5, 20, 30).getTime(), now)).toBe('20:30 on 5 January 2027');
  });

  it('come closer in the unit that counts', () => {
    expect(untilText(3 * 86_400_000 + 2 * 3_600_000)).toBe('in 3 days 2 hours');
    expect(untilText(90 * 60_000)).toBe('in 1 hour 30 minutes');
    expect(untilText(61_000)).toBe('in 1 minute 1 second');
    expect(untilText(-5)).toBe('Any moment now');
  });
});
