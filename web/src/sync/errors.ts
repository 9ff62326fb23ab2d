/** The last few errors of a player that plays, ms ahead of the room: one late timer or one coarse report moves no film. */

const KEPT = 3;
/** Players report several changes at once; looks closer together than this are one, ms. */
const APART = 60;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
};

export class Errors {
  #kept: readonly number[] = [];
  #at = -Infinity;

  /** Takes the error at a local time. */
  add(at: number, error: number): void {
    if (at - this.#at < APART) return;
    this.#at = at;
    this.#kept = [...this.#kept, error].slice(-KEPT);
  }

  /** Their median; `null` until there are enough of them. */
  get middle(): number | null {
    return this.#kept.length < KEPT ? null : median(this.#kept);
  }

  clear(): void {
    this.#kept = [];
    this.#at = -Infinity;
  }
}
