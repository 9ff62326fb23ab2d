import { describe, expect, it } from 'vitest';
import { correction, type Case } from '../src/sync/correction';
import { Departure } from '../src/sync/departure';
import { Errors } from '../src/sync/errors';
import { Rendezvous } from '../src/sync/rendezvous';
import { TUNING } from '../src/sync/tuning';

const { native, stepped, reported, seeking } = TUNING;
const STEPS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const of = (error: number, part: Partial<Case> = {}): Case =>
  ({ error, rate: 1, rates: 'any', nudging: false, loaded: true, ...part });

describe('what an error asks for', () => {
  it('of an element: nothing up to 30 ms, then a nudge of at most 8 % until 10 ms, a seek past a second', () => {
    expect(correction(native, of(30))).toEqual({ do: 'nothing' });
    expect(correction(native, of(-31))).toEqual({ do: 'nudge', rate: 1.04 });
    expect(correction(native, of(31))).toEqual({ do: 'nudge', rate: 0.96 });
    expect(correction(native, of(-999))).toEqual({ do: 'nudge', rate: 1.08 });
    expect(correction(native, of(999))).toEqual({ do: 'nudge', rate: 0.92 });
    expect(correction(native, of(20, { nudging: true }))).toEqual({ do: 'nudge', rate: 0.975 });
    expect(correction(native, of(-10, { nudging: true }))).toEqual({ do: 'settle' });
    expect(correction(native, of(-1001))).toEqual({ do: 'seek' });
  });

  it('takes two seconds where the target is not loaded: a seek would wait for data', () => {
    expect(correction(native, of(-1900, { loaded: false }))).toEqual({ do: 'nudge', rate: 1.08 });
    expect(correction(native, of(-2001, { loaded: false }))).toEqual({ do: 'seek' });
  });

  it('goes by the room\'s own rate, rounded to five thousandths', () => {
    expect(correction(native, of(-40, { rate: 1.5 }))).toEqual({ do: 'nudge', rate: 1.575 });
    expect(correction(native, of(-33.3, { rate: 1 }))).toEqual({ do: 'nudge', rate: 1.04 });
  });

  it('of a player with quarter steps: one burst for exactly as long as the error needs', () => {
    expect(correction(stepped, of(70, { rates: STEPS }))).toEqual({ do: 'nothing' });
    expect(correction(stepped, of(-200, { rates: STEPS }))).toEqual({ do: 'burst', rate: 1.25, lasts: 800 });
    expect(correction(stepped, of(100, { rates: STEPS, rate: 1.5 }))).toEqual({ do: 'burst', rate: 1.25, lasts: 400 });
    expect(correction(stepped, of(-200, { rates: STEPS, rate: 2 }))).toEqual({ do: 'nothing' });
    expect(correction(stepped, of(-2001, { rates: STEPS }))).toEqual({ do: 'seek' });
  });

  it('of one that reports a few times a second: from 80 ms on, at most 10 %, seeks past a second and a half', () => {
    expect(correction(reported, of(80))).toEqual({ do: 'nothing' });
    expect(correction(reported, of(-1400))).toEqual({ do: 'nudge', rate: 1.1 });
    expect(correction(reported, of(-30, { nudging: true }))).toEqual({ do: 'settle' });
    expect(correction(reported, of(-1501))).toEqual({ do: 'seek' });
    expect(correction(reported, of(-1400, { rates: null }))).toEqual({ do: 'nothing' });
  });

  it('of one without rates: seeks only', () => {
    expect(correction(seeking, of(-1500, { rates: null }))).toEqual({ do: 'nothing' });
    expect(correction(seeking, of(-1501, { rates: null }))).toEqual({ do: 'seek' });
  });
});

describe('what a start costs', () => {
  const leads = { play: 90, seek: 150 };

  it('is the time in which the film did not move, by the local clock, at any rate', () => {
    expect(new Departure('play', 1000, 5000, 1).cost(1500, 5400)).toBe(100);
    expect(new Departure('play', 1000, 5000, 2).cost(1500, 5800)).toBe(100);
  });

  it('is believed for the greater part, within bounds, and not at all where it was a stall', () => {
    const play = new Departure('play', 0, 0, 1);
    expect(play.learn(leads, 190).play).toBeCloseTo(160);
    expect(play.learn(leads, -200).play).toBe(0);
    expect(play.learn(leads, 700)).toBe(leads);
    const seek = new Departure('seek', 0, 0, 1);
    expect(seek.learn(leads, 250)).toEqual({ play: 90, seek: 210 });
    expect(seek.learn(leads, 1501)).toBe(leads);
  });
});

describe('the window of errors', () => {
  it('is the median of three, so that one odd report moves nothing', () => {
    const errors = new Errors();
    errors.add(0, 5);
    errors.add(250, 900);
    expect(errors.middle).toBeNull();
    errors.add(500, 7);
    expect(errors.middle).toBe(7);
    errors.add(750, 6);
    errors.add(1000, 8);
    expect(errors.middle).toBe(7);
  });

  it('takes what is reported in one breath for one', () => {
    const errors = new Errors();
    for (const at of [0, 1, 2, 30, 59]) errors.add(at, 100);
    expect(errors.middle).toBeNull();
  });
});

describe('a rendezvous', () => {
  it('lies three seconds ahead at the room\'s rate, and the next one as far as loading took', () => {
    const first = Rendezvous.first(1000, 50_000, 2);
    expect(first.place).toBe(56_000);
    expect(first.until).toBe(60_000);
    const second = first.next(6000, 61_000, 2);
    expect(second.place).toBe(61_000 + 2 * 6250);
    expect(first.next(1500, 51_000, 2).place).toBe(57_000);
    expect(second.next(60_000, 70_000, 1).place).toBe(78_000);
  });

  it('is over when nothing came for long', () => {
    const first = Rendezvous.first(0, 0, 1);
    expect(first.over(10_000)).toBe(false);
    expect(first.over(12_000)).toBe(true);
  });
});
