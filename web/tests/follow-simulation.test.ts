/**
 * Three viewers on lines with a random one-way delay of 20 to 200 ms, each with clock, controller and an element that costs time
 * as real ones do; what counts is the distance to the server's true time. The browser's own figures come from the bench.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { positionAt, type Playback } from '../src/protocol';
import { ServerClock } from '../src/sync/clock';
import { Follow } from '../src/sync/follow';
import { TUNING } from '../src/sync/tuning';
import { CoarsePlayer, FakePlayer } from './fake-player';
import { random } from './random';

const OFFSET = 1_795_000_000_000;
const LEAD = 600;
const truth = (): number => performance.now() + OFFSET;
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** These count through ten minutes of film; a busy machine needs its time for that, ms. */
const PATIENCE = 60_000;

/** A line on which nothing overtakes. */
function line(draw: () => number) {
  let free = 0;
  return (run: () => void): void => {
    free = Math.max(free, performance.now() + 20 + 180 * draw());
    setTimeout(run, free - performance.now());
  };
}

function viewer<P extends FakePlayer>(player: P, ppm: number, draw: () => number) {
  const local = (): number => performance.now() * (1 + ppm * 1e-6);
  const clock = new ServerClock(local);
  const [up, down] = [line(draw), line(draw)];
  let leads = TUNING[player.caps.tuning].first;
  player.draw = draw;
  const follow = new Follow({
    now: () => clock.now(), local, blocked: () => false, changed: () => undefined,
    learnt: (learnt) => {
      leads = learnt;
    },
  });
  let pings = 0;
  const ping = (): void => {
    const sent = local();
    up(() => {
      const s = Math.floor(truth());
      down(() => clock.ping(sent, s, local()));
    });
    pings += 1;
    setTimeout(ping, pings < 20 ? 80 : pings < 40 ? 300 : 2000);
  };
  ping();
  follow.attach(player, leads);
  return { player, follow, hears: (vector: Playback): void => down(() => follow.set(vector)), leads: () => leads };
}

/** Plays the scenario; answers the settled errors of all viewers and what they did. */
async function run<P extends FakePlayer>(make: () => P, where: (player: P) => number, seed: number) {
  const draw = random(seed);
  const viewers = [-50, 0, 80].map((ppm) => viewer(make(), ppm, draw));
  await pass(3000);
  let vector: Playback = { item: 'i', position_ms: 0, rate: 1, playing: false, at: truth(), waiting: null };
  const say = (part: Partial<Playback>): void => {
    vector = { ...vector, ...part };
    for (const one of viewers) one.hears(vector);
  };
  const errors: number[] = [];
  const starts: number[] = [];
  const watch = async (ms: number, from: number): Promise<void> => {
    for (let at = 0; at < ms; at += 100) {
      await pass(100);
      if (at < from) continue;
      for (const { player } of viewers) errors.push(Math.abs(where(player) - positionAt(vector, truth(), null)));
    }
  };
  for (const position of [0, 40_000, null, 9000]) {
    const here = positionAt(vector, truth(), null);
    say({ playing: true, position_ms: position ?? here, at: truth() + LEAD });
    await pass(LEAD + 300);
    for (const { player } of viewers) starts.push(Math.abs(where(player) - positionAt(vector, truth(), null)));
    await watch(8000, 4000);
    if (position === 40_000) {
      say({ playing: false, position_ms: positionAt(vector, truth(), null), at: truth() });
      await pass(4000);
      for (const { player } of viewers) expect(Math.abs(where(player) - vector.position_ms)).toBeLessThan(1);
    }
  }
  viewers[1]?.player.slip(2500);
  await watch(8000, 4000);
  for (const { follow } of viewers) follow.detach();
  return { errors, starts, viewers };
}

const percentile = (values: number[], percent: number): number =>
  values.sort((a, b) => a - b)[Math.ceil((values.length * percent) / 100) - 1] ?? NaN;

it('keeps three media elements within 30 ms of the server, and has them there from the start on', async () => {
  const all = { errors: [] as number[], starts: [] as number[], rates: 0 };
  for (let seed = 1; seed <= 8; seed += 1) {
    const make = (): FakePlayer => Object.assign(new FakePlayer(), { rateCost: 20 });
    const { errors, starts, viewers } = await run(make, (player) => player.time(), seed);
    all.errors.push(...errors);
    all.starts.push(...starts);
    all.rates += viewers[0]?.player.rates.length ?? 0;
  }
  expect(percentile(all.errors, 50)).toBeLessThan(10);
  expect(percentile(all.errors, 95)).toBeLessThan(30);
  expect(percentile(all.starts, 90)).toBeLessThan(50);
}, PATIENCE);

it('keeps three players with quarter steps and late reports within 90 ms', async () => {
  const all: number[] = [];
  for (let seed = 1; seed <= 8; seed += 1) {
    const { errors, viewers } = await run(() => new CoarsePlayer(), (player) => player.truth(), seed);
    for (const { player } of viewers) player.stop();
    all.push(...errors);
  }
  expect(percentile(all, 95)).toBeLessThan(90);
}, PATIENCE);
