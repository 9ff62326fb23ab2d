// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { places } from '../src/ui/health/Ruler';

describe('places on the ruler', () => {
  it('are true to the drift, and end at two seconds', () => {
    expect(places([-5000, -1000, 0, 1000, 2000])).toEqual([4, 27, 50, 73, 96]);
  });

  it('lie side by side around where they belong, in the order of the drifts', () => {
    expect(places([-4, 0, 4])).toEqual([expect.closeTo(44), expect.closeTo(50), expect.closeTo(56)]);
    const close = places([-300, 0, 10, 20, 300]);
    for (let index = 1; index < close.length; index += 1) {
      expect((close[index] ?? 0) - (close[index - 1] ?? 0)).toBeGreaterThanOrEqual(5.99);
    }
  });

  it('stay on it where many are far off', () => {
    const many = places([-9000, -9000, -9000, -9000]);
    expect(many[0]).toBeCloseTo(4);
    expect(many[3]).toBeCloseTo(22);
  });
});
