// @vitest-environment happy-dom
/** The projector with a player whose policy and drift the test decides: sound, gestures, what is told to the room. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ClientFrame, ServerFrame } from '../src/protocol';
import type { PlayerPort, PlayerSignal } from '../src/players/port';
import { OpenRoom } from '../src/room';
import { FakePlayer } from './fake-player';
import { event, item, playback, welcome } from './frames';

class FakePort extends FakePlayer implements PlayerPort {
  readonly failure = null;
  static last: FakePort;
  static policy: FakePlayer['policy'] = 'free';
  readonly node = document.createElement('div');
  readonly element = null;
  readonly ownControls = false;
  #listener: (signal: PlayerSignal) => void = () => undefined;

  constructor() {
    super();
    this.policy = FakePort.policy;
    FakePort.last = this;
  }

  bufferedUntil(): number {
    return 60_000;
  }

  setVolume(): void {
    // Nothing to hear.
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
  }

  onSignal(listener: (signal: PlayerSignal) => void): void {
    this.#listener = listener;
  }

  says(signal: PlayerSignal): void {
    this.#listener(signal);
  }

  destroy(): void {
    this.node.remove();
  }
}

vi.mock('../src/players/open', () => ({
  playsHere: () => true,
  openPlayer: () => Promise.resolve(new FakePort()),
}));

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
    const frame = JSON.parse(text) as ClientFrame;
    this.sent.push(frame);
    // The server's clock is the page's, and the line takes 20 ms each way.
    if (frame.type === 'ping') setTimeout(() => says({ type: 'pong', c: frame.c, s: performance.now() - 20, epoch: 3, seq: 42 }), 40);
  }
  close(): void {
    this.readyState = 3;
  }
}

let room: OpenRoom;
const says = (frame: ServerFrame): void => Line.last.onmessage?.({ data: JSON.stringify(frame) });
const reports = () => Line.last.sent.filter((frame) => frame.type === 'report');
const commands = () => Line.last.sent.filter((frame) => frame.type === 'command');
const film = item('f1');
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

async function opens(): Promise<FakePort> {
  await pass(2000);
  says(welcome({ current: film, playback: playback({ item: 'f1', playing: true, at: performance.now() - 300 }) }));
  await vi.waitFor(() => expect(room.projector.state.show.kind).toBe('open'));
  await pass(1000);
  return FakePort.last;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  vi.stubGlobal('WebSocket', Line);
  localStorage.clear();
  FakePort.policy = 'free';
  room = new OpenRoom('r', true);
  Line.last.onopen?.();
});

afterEach(() => {
  room.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('plays without sound where the browser wants a gesture, and has sound after one tap', async () => {
  FakePort.policy = 'muted-only';
  const player = await opens();
  expect(player.muted).toBe(true);
  expect(player.paused()).toBe(false);
  expect(room.projector.state).toMatchObject({ soundBlocked: true, blocked: false });
  room.projector.unlock();
  expect(player.muted).toBe(false);
  expect(room.projector.state.soundBlocked).toBe(false);
  expect(room.projector.status.state).toBe('running');
});

it('waits for a tap where nothing may play, and plays in step after it', async () => {
  FakePort.policy = 'never';
  const player = await opens();
  expect(room.projector.state.blocked).toBe(true);
  expect(reports().at(-1)).toMatchObject({ phase: 'blocked' });
  player.policy = 'free';
  await pass(5000);
  room.projector.unlock();
  await pass(2500);
  expect(player.paused()).toBe(false);
  expect(Math.abs(room.projector.status.drift ?? NaN)).toBeLessThan(60);
});

it('tells the room at once when it falls out of step, and when it is back, not only by the clock', async () => {
  const player = await opens();
  await pass(2000);
  const steady = reports().length;
  player.slip(600);
  await pass(600);
  expect(reports().length).toBeGreaterThan(steady);
  expect(reports().at(-1)?.drift_ms).toBeLessThan(-100);
  await pass(10_000);
  expect(Math.abs(reports().at(-1)?.drift_ms ?? NaN)).toBeLessThan(40);
});

it('stops the picture of whom pressed pause at once, and plays on where the room says no', async () => {
  const player = await opens();
  room.togglePlay();
  expect(player.paused()).toBe(true);
  const { id } = commands().at(-1) as { id: string };
  says({ type: 'refused', id, code: 'not_allowed', message: 'No.', details: {} });
  await pass(800);
  expect(player.paused()).toBe(false);
});

it('keeps what a start costs here, and begins with it the next time', async () => {
  const player = await opens();
  says(event(43, { kind: 'playback', cause: 'pause', playback: playback({ item: 'f1', position_ms: 500 }) }));
  player.startCost = 300;
  await pass(200);
  says(event(44, { kind: 'playback', cause: 'play', playback: playback({ item: 'f1', position_ms: 500, playing: true, at: room.clock.now() + 500 }) }));
  await pass(2000);
  const kept = JSON.parse(localStorage.getItem('onecouch.leads.video') ?? 'null') as { play: number };
  expect(kept.play).toBeGreaterThan(200);
  expect(room.projector.status.leads?.play).toBeCloseTo(kept.play, 0);
});
