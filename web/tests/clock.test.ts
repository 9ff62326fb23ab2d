import { describe, expect, it } from 'vitest';
import { ServerClock } from '../src/sync/clock';
import { random } from './random';

/** A line with delays of its own each way, in ms, to a server whose clock is `offset` ahead and drifts by `ppm`. */
function world(offset: number, ppm: number, delay: (draw: () => number) => number, seed: number) {
  let local = 1000;
  const draw = random(seed);
  const server = (at: number): number => at * (1 + ppm * 1e-6) + offset;
  const clock = new ServerClock(() => local);
  return {
    clock,
    wait: (ms: number): void => {
      local += ms;
    },
    ping: (): void => {
      const sent = local;
      const arrived = sent + delay(draw);
      const back = arrived + delay(draw);
      local = back;
      clock.ping(sent, Math.floor(server(arrived)), back);
    },
    hear: (late: number): void => clock.heard(Math.floor(server(local - late)), local),
    step: (by: number): void => {
      offset += by;
    },
    error: (): number => Math.abs(clock.now() - server(local)),
  };
}

const jittery = (draw: () => number): number => 20 + 180 * draw();

describe('the server clock', () => {
  it('is exact to half the round trip after one ping, and says so', () => {
    const line = world(5_000_000, 0, () => 40, 1);
    line.ping();
    expect(line.error()).toBeLessThan(1.5);
    expect(line.clock.uncertainty).toBeCloseTo(40.5, 5);
    expect(line.clock.rtt).toBe(80);
  });

  it('comes within a few ms on a jittery line after a burst', () => {
    const errors = Array.from({ length: 60 }, (_, seed) => {
      const line = world(1_795_000_000_000, 50, jittery, seed + 1);
      for (let count = 0; count < 16; count += 1) {
        line.ping();
        line.wait(80);
      }
      expect(line.error()).toBeLessThanOrEqual(line.clock.uncertainty + 0.5);
      return line.error();
    }).sort((a, b) => a - b);
    expect(errors[30]).toBeLessThan(8);
    expect(errors[57]).toBeLessThan(25);
  });

  it('follows a clock that drifts for ten minutes', () => {
    const line = world(-400, 90, jittery, 7);
    let worst = 0;
    for (let count = 0; count < 300; count += 1) {
      line.ping();
      line.wait(2000);
      if (count > 20) worst = Math.max(worst, line.error());
    }
    expect(worst).toBeLessThan(25);
  });

  it('never claims to be surer than it is, on a quick line with a drifting clock', () => {
    const line = world(-400, 90, (draw) => 1 + 2 * draw(), 11);
    for (let count = 0; count < 120; count += 1) {
      line.ping();
      line.wait(500);
      expect(line.error()).toBeLessThanOrEqual(line.clock.uncertainty + 0.1);
    }
  });

  it('starts over when the server clock steps', () => {
    const line = world(0, 0, jittery, 3);
    for (let count = 0; count < 20; count += 1) line.ping();
    line.step(30_000);
    line.ping();
    expect(line.error()).toBeLessThan(120);
  });

  it('takes what a frame says as a bound on one side', () => {
    const line = world(1000, 0, () => 40, 1);
    expect(line.clock.known).toBe(false);
    line.hear(90);
    expect(line.error()).toBeLessThanOrEqual(91);
    line.hear(5);
    expect(line.error()).toBeLessThanOrEqual(6);
    expect(line.clock.uncertainty).toBe(Infinity);
  });

  it('ignores a ping that came back before it was sent', () => {
    const line = world(0, 0, () => 10, 1);
    line.clock.ping(100, 5, 90);
    expect(line.clock.known).toBe(false);
  });

  it('knows the usual round trip, and the one that nearly all stay under, of the last thirty', () => {
    let delay = 25;
    const line = world(0, 0, () => delay, 1);
    expect(line.clock.slowest).toBeNull();
    for (let count = 0; count < 28; count += 1) line.ping();
    delay = 150;
    line.ping();
    line.ping();
    expect(line.clock.rtt).toBe(50);
    expect(line.clock.slowest).toBe(300);
    delay = 20;
    for (let count = 0; count < 30; count += 1) line.ping();
    expect(line.clock.slowest).toBe(40);
  });
});
