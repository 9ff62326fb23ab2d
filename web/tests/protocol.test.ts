import { describe, expect, it } from 'vitest';
import { decode } from '../src/decode';
import { label, positionAt, type Playback } from '../src/protocol';
import { event, item, playback, room } from './frames';

const read = (frame: unknown) => decode(JSON.stringify(frame));

describe('reading frames', () => {
  it('takes what docs/API.md shows', () => {
    expect(read({ type: 'pong', c: 5120.25, s: 1_795_000_001_000, epoch: 3, seq: 43 })?.type).toBe('pong');
    expect(read({ type: 'welcome', protocol: 1, s: 1, you: { connection: 7, person: 'p', name: 'Ana', role: 'host' }, room: room() })?.type).toBe('welcome');
    expect(read(event(43, { kind: 'playback', cause: 'seek', playback: playback({}) }))?.type).toBe('event');
    expect(read({ type: 'refused', id: 'c1', code: 'not_allowed', message: 'Only Ana may.', details: {} })?.type).toBe('refused');
  });

  it('takes an event of a kind it does not know: its number counts', () => {
    expect(read(event(44, { kind: 'danced', with: 'x' } as never))?.type).toBe('event');
  });

  it('leaves what is no frame', () => {
    for (const text of ['', 'null', '[]', '7', '{', '{"type":"__proto__"}', '{"type":"pong","c":"1"}', '{"type":"snapshot","s":1,"room":{}}']) {
      expect(decode(text)).toBeNull();
    }
    expect(read(event(43, { kind: 'playback', cause: 'seek', playback: { at: 1 } } as never))).toBeNull();
  });
});

describe('where the film stands', () => {
  const moving: Playback = playback({ playing: true, position_ms: 1000, at: 500, rate: 1.5 });

  it('stands until the instant and moves after it', () => {
    expect(positionAt(moving, 400, null)).toBe(1000);
    expect(positionAt(moving, 700, null)).toBe(1300);
    expect(positionAt({ ...moving, playing: false }, 700, null)).toBe(1000);
  });

  it('never runs past a known end', () => {
    expect(positionAt(moving, 1e9, 5000)).toBe(5000);
  });
});

describe('what a film is called', () => {
  it.each([
    [{ url: 'https://f.example/a/Big%20Buck.mp4?x=1', title: 'Big Buck Bunny' }, 'Big Buck Bunny'],
    [{ url: 'https://f.example/a/Big%20Buck.mp4?x=1', title: null }, 'Big Buck.mp4'],
    [{ url: 'https://f.example/', title: null }, 'f.example'],
    [{ url: 'https://f.example/watch?v=abc', title: null, provider_id: 'abc' }, 'abc'],
    [{ url: 'https://f.example/%zz', title: null }, '%zz'],
  ])('%o is %s', (media, name) => {
    expect(label(media)).toBe(name);
  });

  it('is not needed for its frame to be read', () => {
    expect(read(event(43, { kind: 'added', items: [item('i9', { title: null })], index: 0 }))?.type).toBe('event');
  });
});
