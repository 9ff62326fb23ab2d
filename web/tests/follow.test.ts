import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FIRST_LEADS, Follow, type Leads } from '../src/follow';
import type { Playback } from '../src/protocol';
import { FakePlayer } from './fake-player';

/** The server is this far ahead of the local clock, ms. */
const OFFSET = 1_000_000;

function stage(player = new FakePlayer(), leads: Leads = FIRST_LEADS) {
  const told: { leads: Leads; blocked: number } = { leads, blocked: 0 };
  const now = (): number => performance.now() + OFFSET;
  const follow = new Follow({
    now,
    local: () => performance.now(),
    blocked: () => {
      told.blocked += 1;
      if (player.policy === 'never' || player.muted) return false;
      player.muted = true;
      return true;
    },
    learnt: (learnt) => {
      told.leads = learnt;
    },
    changed: () => undefined,
  });
  const vector = (part: Partial<Playback>): void =>
    follow.set({ item: 'i', position_ms: 0, rate: 1, playing: false, at: now(), waiting: null, ...part });
  return { player, follow, told, now, vector, drift: () => follow.drift() ?? NaN };
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

describe('following the room', () => {
  it('stands on the exact frame while the room is paused, and does not flicker', async () => {
    const { player, follow, vector } = stage();
    vector({ position_ms: 90_000 });
    follow.attach(player, FIRST_LEADS);
    await pass(1000);
    expect(player.time()).toBe(90_000);
    expect(follow.state).toBe('still');
    vector({ position_ms: 90_004 });
    await pass(1000);
    expect(player.seeks).toEqual([90_000]);
  });

  it('starts with everybody: armed before, on time at the instant, without a nudge', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, position_ms: 5000, at: now() + 500 });
    expect(follow.state).toBe('armed');
    await pass(380);
    expect(player.paused()).toBe(true);
    await pass(420);
    expect(Math.abs(drift())).toBeLessThan(15);
    await pass(5000);
    expect(follow.state).toBe('running');
    expect(player.rates).toEqual([]);
    expect(player.seeks).toEqual([5000]);
  });

  it('learns what a start costs, so that the next one is on time', async () => {
    const player = new FakePlayer();
    player.startCost = 300;
    const { follow, vector, now, told, drift } = stage(player);
    follow.attach(player, FIRST_LEADS);
    for (let turn = 0; turn < 5; turn += 1) {
      vector({ playing: true, position_ms: 1000, at: now() + 500 });
      await pass(4000);
      vector({ playing: false, position_ms: 1000 });
      await pass(1000);
    }
    expect(told.leads.play).toBeGreaterThan(270);
    expect(told.leads.play).toBeLessThan(320);
    vector({ playing: true, position_ms: 1000, at: now() + 500 });
    await pass(900);
    expect(Math.abs(drift())).toBeLessThan(20);
  });

  it('lands a late joiner where the others are, and nudges the rest away', async () => {
    const { player, follow, vector, now, drift } = stage();
    vector({ playing: true, position_ms: 0, at: now() - 60_000 });
    follow.attach(player, FIRST_LEADS);
    expect(player.seeks).toHaveLength(1);
    await pass(4000);
    expect(Math.abs(drift())).toBeLessThan(30);
    expect(player.seeks).toHaveLength(1);
    expect(player.rate).toBe(1);
  });

  it('leaves a small error alone, nudges a middling one and stops near zero', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    player.slip(20 + drift());
    await pass(3000);
    expect(player.rates).toEqual([]);
    player.slip(180);
    await pass(1500);
    expect(player.rate).toBeGreaterThan(1);
    expect(Math.max(...player.rates)).toBeLessThanOrEqual(1.08);
    await pass(6000);
    expect(player.rate).toBe(1);
    expect(Math.abs(drift())).toBeLessThanOrEqual(12);
    expect(player.seeks).toEqual([]);
  });

  it('seeks when it is more than a second off, at most once in a second and a half, and learns what that costs', async () => {
    const { player, follow, vector, now, drift, told } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    player.seekCost = 400;
    player.slip(4000);
    await pass(1000);
    expect(player.seeks).toHaveLength(1);
    player.slip(4000);
    await pass(400);
    expect(player.seeks).toHaveLength(1);
    await pass(10_000);
    expect(player.seeks).toHaveLength(2);
    expect(Math.abs(drift())).toBeLessThan(40);
    expect(told.leads.seek).toBeGreaterThan(FIRST_LEADS.seek);
  });

  it('does not seek while data are missing, and recovers by itself', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    player.feed(player.time() + 200);
    await pass(3000);
    expect(follow.state).toBe('buffering');
    expect(follow.status.phase).toBe('buffering');
    expect(player.seeks).toEqual([]);
    player.feed(Infinity);
    await pass(8000);
    expect(follow.state).toBe('running');
    expect(Math.abs(drift())).toBeLessThan(40);
  });

  it('catches up by one seek only when starved for long', async () => {
    const { player, follow, vector, now } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    player.feed(player.time());
    await pass(20_000);
    expect(player.seeks).toHaveLength(1);
  });

  it('plays on when something paused it behind our back', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    player.pause();
    await pass(600);
    expect(player.paused()).toBe(false);
    await pass(5000);
    expect(Math.abs(drift())).toBeLessThan(30);
  });

  it('mutes itself where the browser wants a gesture for sound', async () => {
    const player = new FakePlayer();
    player.policy = 'muted-only';
    const { follow, vector, now, told, drift } = stage(player);
    vector({ playing: true, at: now() - 10_000 });
    follow.attach(player, FIRST_LEADS);
    await pass(3000);
    expect(told.blocked).toBe(1);
    expect(player.muted).toBe(true);
    expect(player.paused()).toBe(false);
    expect(Math.abs(drift())).toBeLessThan(60);
  });

  it('waits for a gesture where even that is forbidden, and goes on after it', async () => {
    const player = new FakePlayer();
    player.policy = 'never';
    const { follow, vector, now } = stage(player);
    vector({ playing: true, at: now() - 10_000 });
    follow.attach(player, FIRST_LEADS);
    await pass(2000);
    expect(follow.state).toBe('blocked');
    expect(follow.status.phase).toBe('blocked');
    const tries = player.plays;
    await pass(5000);
    expect(player.plays).toBe(tries);
    player.policy = 'free';
    follow.resync();
    await pass(3000);
    expect(follow.state).toBe('running');
  });

  it('pauses at once on the published position, even in the middle of a nudge', async () => {
    const { player, follow, vector, now } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    player.slip(300);
    await pass(1000);
    expect(player.rate).toBeGreaterThan(1);
    vector({ playing: false, position_ms: 3456 });
    expect(player.paused()).toBe(true);
    expect(player.rate).toBe(1);
    await pass(500);
    expect(player.time()).toBe(3456);
  });

  it('is not disturbed when a reconnect brings the same vector again', async () => {
    const { player, follow, vector, now } = stage();
    follow.attach(player, FIRST_LEADS);
    const at = now() + 500;
    vector({ playing: true, at });
    await pass(5000);
    const plays = player.plays;
    vector({ playing: true, at });
    await pass(1000);
    expect(player.plays).toBe(plays);
    expect(player.seeks).toEqual([]);
  });

  it('waits for metadata, then joins', async () => {
    const player = new FakePlayer();
    player.isLoaded = false;
    const { follow, vector, now, drift } = stage(player);
    vector({ playing: true, at: now() - 30_000 });
    follow.attach(player, FIRST_LEADS);
    await pass(2000);
    expect(follow.state).toBe('loading');
    player.isLoaded = true;
    follow.signal('change');
    await pass(4000);
    expect(Math.abs(drift())).toBeLessThan(40);
  });

  it('says that it ended, and does not start over', async () => {
    const player = new FakePlayer();
    player.length = 4000;
    const { follow, vector, now } = stage(player);
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(8000);
    expect(follow.state).toBe('ended');
    expect(player.plays).toBe(1);
  });

  it('plays that much ahead for whom the sound comes late', async () => {
    const { player, follow, vector, now } = stage();
    follow.attach(player, FIRST_LEADS);
    const at = now() + 500;
    vector({ playing: true, at });
    follow.setDelay(200);
    await pass(10_000);
    expect(Math.abs(player.time() - (now() - at) - 200)).toBeLessThan(35);
  });

  it('corrects a player with coarse rates by one timed burst', async () => {
    const player = new FakePlayer();
    player.caps = { rates: [0.5, 0.75, 1, 1.25, 1.5], live: false };
    const { follow, vector, now, drift } = stage(player);
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 800 });
    await pass(4000);
    player.slip(200);
    await pass(5000);
    expect(player.rates).toEqual([1.25, 1]);
    expect(Math.abs(drift())).toBeLessThan(70);
    expect(player.seeks).toEqual([]);
  });

  it('leaves a player without rates alone until it is far off', async () => {
    const player = new FakePlayer();
    player.caps = { rates: null, live: false };
    const { follow, vector, now } = stage(player);
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 800 });
    await pass(4000);
    player.slip(900);
    await pass(5000);
    expect(player.rates).toEqual([]);
    expect(player.seeks).toEqual([]);
    player.slip(1500);
    await pass(3000);
    expect(player.seeks).toHaveLength(1);
  });

  it('goes at the room\'s own rate', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, rate: 1.5, at: now() + 500 });
    await pass(8000);
    expect(player.rate).toBe(1.5);
    expect(Math.abs(drift())).toBeLessThan(50);
  });
});
