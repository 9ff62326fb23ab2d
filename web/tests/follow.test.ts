import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Follow } from '../src/sync/follow';
import { TUNING, type Leads } from '../src/sync/tuning';
import type { Playback } from '../src/protocol';
import { FakePlayer } from './fake-player';

const FIRST_LEADS = TUNING.native.first;
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
    vector({ position_ms: 90_000.5 });
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

  it('meets the room further on after it starved, and stands there until enough is loaded', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    player.feed(player.time());
    await pass(6000);
    expect(player.seeks).toEqual([]);
    player.feed(player.time() + 1500);
    await pass(1200);
    expect(player.seeks).toHaveLength(1);
    expect(player.paused()).toBe(true);
    expect(follow.status.phase).toBe('buffering');
    expect(drift()).toBeGreaterThan(1000);
    await pass(500);
    player.feed(Infinity);
    await pass(3000);
    expect(follow.state).toBe('running');
    expect(player.seeks).toHaveLength(1);
    expect(Math.abs(drift())).toBeLessThan(30);
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
    player.caps = { tuning: 'stepped', rates: [0.5, 0.75, 1, 1.25, 1.5], live: false };
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
    player.caps = { tuning: 'seeking', rates: null, live: false };
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

  it('starts a player whose person hears late as much earlier, and has it there from the first moment', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    follow.setDelay(200);
    const at = now() + 600;
    vector({ playing: true, at });
    await pass(900);
    expect(Math.abs(player.time() - (now() - at) - 200)).toBeLessThan(20);
    expect(Math.abs(drift())).toBeLessThan(20);
    vector({ playing: false, position_ms: 5000 });
    await pass(300);
    expect(player.time()).toBe(5000);
    follow.setDelay(-2000);
    const again = now() + 100;
    vector({ playing: true, position_ms: 5000, at: again });
    await pass(2000);
    expect(Math.abs(player.time() - 5000 - (now() - again) + 500)).toBeLessThan(20);
    expect(player.rates).toEqual([]);
  });

  it('stops at once for whom paused it, waits for the room\'s answer, and goes where that says', async () => {
    const { player, follow, vector, now } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    follow.rest(1500);
    expect(player.paused()).toBe(true);
    const plays = player.plays;
    await pass(400);
    follow.signal('change');
    expect(player.plays).toBe(plays);
    vector({ playing: false, position_ms: 2600 });
    await pass(200);
    expect(player.time()).toBe(2600);
  });

  it('plays on where the room never answered a pause, or said no', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    follow.rest(1500);
    await pass(4000);
    expect(player.paused()).toBe(false);
    expect(Math.abs(drift())).toBeLessThan(30);
    follow.rest(1500);
    follow.resync();
    expect(player.paused()).toBe(false);
    await pass(1000);
    expect(Math.abs(drift())).toBeLessThan(30);
  });

  it('asks a player that something holds to play on, seeks seldom meanwhile, and once more when it moves', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    player.held = true;
    player.pause();
    follow.signal('change');
    await pass(2500);
    expect(player.plays).toBeGreaterThan(6);
    expect(player.seeks.length).toBeLessThanOrEqual(2);
    const before = player.seeks.length;
    player.held = false;
    await pass(1000);
    expect(player.seeks.length).toBe(before + 1);
    expect(Math.abs(drift())).toBeLessThan(50);
  });

  it('nudges after a short stall on a line that brings little, and seeks once where data abound', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    player.feed(player.time());
    await pass(600);
    expect(follow.state).toBe('buffering');
    expect(player.rate).toBe(1);
    player.feed(player.time() + 1500);
    await pass(900);
    expect(player.rate).toBe(1.08);
    expect(player.seeks).toEqual([]);
    player.feed(Infinity);
    await pass(12_000);
    expect(player.seeks).toEqual([]);
    expect(Math.abs(drift())).toBeLessThan(30);
    player.feed(player.time());
    await pass(600);
    player.feed(Infinity);
    await pass(1200);
    expect(player.seeks).toHaveLength(1);
    expect(Math.abs(drift())).toBeLessThan(50);
  });

  it('seeks once more where the data of a jump came too late for the start', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    player.feed(10_000);
    vector({ playing: true, position_ms: 60_000, at: now() + 500 });
    await pass(1100);
    expect(follow.state).toBe('buffering');
    player.feed(Infinity);
    await pass(1200);
    expect(player.seeks).toHaveLength(2);
    expect(Math.abs(drift())).toBeLessThan(50);
  });

  it('goes on from the next meeting place where the line was too thin for the first', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(3000);
    player.feed(player.time());
    await pass(5000);
    player.feed(player.time() + 1500);
    await pass(1200);
    expect(player.seeks).toHaveLength(1);
    const first = player.time();
    await pass(5000);
    // Enough for the first place, when the room is past it by more than a second and all that is loaded.
    player.feed(first + 2000);
    await pass(300);
    expect(player.seeks).toHaveLength(2);
    expect(player.paused()).toBe(true);
    player.feed(Infinity);
    await pass(9000);
    expect(follow.state).toBe('running');
    expect(player.seeks).toHaveLength(2);
    expect(Math.abs(drift())).toBeLessThan(30);
  });

  it('takes the vector of a room that was loaded anew, whatever its numbers', async () => {
    const { player, follow, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, position_ms: 0, at: now() + 500 });
    await pass(9000);
    // After a restart the film stands where it stood at the last heartbeat, on a clock of its own.
    vector({ playing: false, position_ms: 7400, at: 5 });
    await pass(500);
    expect(player.time()).toBe(7400);
    expect(follow.state).toBe('still');
    vector({ playing: true, position_ms: 7400, at: now() + 300 });
    await pass(2000);
    expect(Math.abs(drift())).toBeLessThan(20);
  });

  it('plays on by what it knows while nobody tells it anything', async () => {
    const { follow, player, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, at: now() + 500 });
    await pass(120_000);
    expect(follow.state).toBe('running');
    expect(Math.abs(drift())).toBeLessThan(20);
    expect(follow.status.corrections).toBe(0);
  });

  it('starts at once where it is told too late to arm, and lands where the others are', async () => {
    const { follow, player, vector, now, drift } = stage();
    follow.attach(player, FIRST_LEADS);
    vector({ playing: true, position_ms: 30_000, at: now() + 40 });
    await pass(700);
    expect(player.paused()).toBe(false);
    await pass(3000);
    expect(Math.abs(drift())).toBeLessThan(30);
  });

  it('lets a live stream run without seeking in it', async () => {
    const player = new FakePlayer();
    player.caps = { tuning: 'seeking', rates: null, live: true };
    const { follow, vector, now } = stage(player);
    vector({ playing: true, at: now() - 60_000 });
    follow.attach(player, FIRST_LEADS);
    await pass(5000);
    expect(player.paused()).toBe(false);
    expect(player.seeks).toEqual([]);
    expect(follow.status.drift).toBeNull();
    vector({ playing: false });
    expect(player.paused()).toBe(true);
  });
});
