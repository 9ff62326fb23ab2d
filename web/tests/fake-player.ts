import type { Capabilities, Followed } from '../src/players/port';

/** A player that costs time as real ones do: a start and a seek lose some, an empty buffer stops it. Clock: `performance.now`. */
export class FakePlayer implements Followed {
  caps: Capabilities = { rates: 'any', live: false };
  startCost = 84;
  seekCost = 110;
  length: number | null = 600_000;
  isLoaded = true;
  bufferedTo = Infinity;
  /** Refuses to play unless muted; or at all. */
  policy: 'free' | 'muted-only' | 'never' = 'free';
  muted = false;
  readonly seeks: number[] = [];
  readonly rates: number[] = [];
  plays = 0;
  #base = 0;
  #since = 0;
  #paused = true;
  #rate = 1;

  /** When it moves again, after a start or a seek. */
  #movesAt = 0;

  time(): number {
    const now = performance.now();
    if (this.#paused || now <= this.#movesAt) return this.#base;
    const from = Math.max(this.#since, this.#movesAt);
    return Math.min(this.#base + (now - from) * this.#rate, this.length ?? Infinity, this.bufferedTo);
  }

  #settle(): void {
    this.#base = this.time();
    this.#since = performance.now();
  }

  duration(): number | null {
    return this.length;
  }

  loaded(): boolean {
    return this.isLoaded;
  }

  ready(): boolean {
    return this.isLoaded && this.time() < this.bufferedTo;
  }

  paused(): boolean {
    return this.#paused;
  }

  ended(): boolean {
    return this.length !== null && this.time() >= this.length;
  }

  buffered(position: number): boolean {
    return position <= this.bufferedTo;
  }

  seek(position: number): void {
    this.seeks.push(position);
    this.#base = position;
    this.#since = performance.now();
    this.#movesAt = performance.now() + this.seekCost;
  }

  play(): Promise<'playing' | 'blocked'> {
    this.plays += 1;
    if (this.policy === 'never' || (this.policy === 'muted-only' && !this.muted)) return Promise.resolve('blocked');
    if (this.#paused) {
      this.#settle();
      this.#paused = false;
      this.#movesAt = Math.max(this.#movesAt, performance.now() + this.startCost);
    }
    return Promise.resolve('playing');
  }

  pause(): void {
    this.#settle();
    this.#paused = true;
  }

  setRate(rate: number): void {
    if (rate === this.#rate) return;
    this.#settle();
    this.#rate = rate;
    this.rates.push(rate);
  }

  get rate(): number {
    return this.#rate;
  }

  /** It lost its data for so long, or was stopped behind the controller's back. */
  slip(ms: number): void {
    this.#settle();
    this.#base -= ms;
  }

  feed(until: number): void {
    this.#settle();
    this.bufferedTo = until;
  }
}
