/** The pictures of a stream as a viewer chooses among them. */
import type { Level } from './port';

/** Each height once, the sharpest first. */
export function eachHeight(all: readonly Level[]): readonly Level[] {
  const heights = new Map<number, Level>();
  // Of two of one height the last is the better one.
  for (const level of all) if (level.height > 0) heights.set(level.height, level);
  return [...heights.values()].sort((one, other) => other.height - one.height);
}
