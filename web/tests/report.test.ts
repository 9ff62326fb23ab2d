// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ClientFrame, ServerFrame } from '../src/protocol';
import { OpenRoom } from '../src/room';
import { event, item, playback, welcome } from './frames';

class Line {
  static last: Line;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readyState = 1;
  readonly sent: ClientFrame[] = [];
  constructor() {
    Line.last = this;
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }
  close(): void {
    this.readyState = 3;
  }
}

let room: OpenRoom;
const says = (frame: ServerFrame): void => Line.last.onmessage?.({ data: JSON.stringify(frame) });
const reports = () => Line.last.sent.filter((frame) => frame.type === 'report');
/** A film whose player is known at once: nobody agreed to it yet. */
const film = item('y1', { player: 'youtube', provider_id: 'abc', url: 'https://youtu.be/abc' });

beforeEach(() => {
  vi.stubGlobal('WebSocket', Line);
  room = new OpenRoom('r', true);
  Line.last.onopen?.();
});

afterEach(() => {
  room.close();
  vi.unstubAllGlobals();
});

it('says that it is there, though nothing is on: the room waits only for those who report', () => {
  says(welcome({ current: null, playback: playback({ item: null }) }));
  expect(reports()).toMatchObject([{ item: null, phase: 'idle', seq: 42, hidden: false }]);
});

it('says at once how it is when the room waits, with the number of that event, and again when it waits anew', () => {
  says(welcome({ current: null, playback: playback({ item: null }), queue: [film] }));
  says(event(43, { kind: 'playback', cause: 'start', playback: playback({ item: 'y1', waiting: 'ready', at: 5 }) }));
  expect(reports().at(-1)).toMatchObject({ item: 'y1', phase: 'blocked', seq: 43 });
  const before = reports().length;
  says(event(44, { kind: 'said', id: 'm', text: 'hi', position_ms: null }));
  expect(reports()).toHaveLength(before);
  says(event(45, { kind: 'playback', cause: 'seek', playback: playback({ item: 'y1', waiting: 'ready', at: 9, position_ms: 7000 }) }));
  expect(reports()).toHaveLength(before + 1);
  expect(reports().at(-1)).toMatchObject({ item: 'y1', phase: 'blocked', seq: 45 });
});

it('says when its page goes into the background and comes back', () => {
  says(welcome({ current: film, playback: playback({ item: 'y1' }) }));
  const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
  document.dispatchEvent(new Event('visibilitychange'));
  expect(reports().at(-1)).toMatchObject({ hidden: true });
  state.mockReturnValue('visible');
  document.dispatchEvent(new Event('visibilitychange'));
  expect(reports().at(-1)).toMatchObject({ hidden: false });
});
