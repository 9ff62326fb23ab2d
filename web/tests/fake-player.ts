import type { Capabilities, Followed } from '../src/players/port';

/** A player that costs time as real ones do: a start and a seek lose some, an empty buffer stops it. Clock: `performance.now`. */
export class FakePlayer implements Followed {
  caps: Capabilities = { tuning: 'native', rates: 'any', live: false };
  startCost = 84;
  seekCost = 110;
  /** What each change of the rate loses. */
  rateCost = 0;
  /** Makes each start and seek cost between 0.8 and 1.2 times as much, where given. */
  draw: (() => number) | null = null;
  length: number | null = 600_000;
  isLoaded = true;
  bufferedTo = Infinity;
  /** Refuses to play unless muted; or at all. */
  policy: 'free' | 'muted-only' | 'never' = 'free';
  muted = false;
  /** Something keeps it paused, though it says that it plays. */
  held = false;
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

  #cost(usual: number): number {
    return this.draw === null ? usual : usual * (0.8 + 0.4 * this.draw());
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
    this.#movesAt = performance.now() + this.#cost(this.seekCost);
  }

  play(): Promise<'playing' | 'blocked'> {
    this.plays += 1;
    if (this.policy === 'never' || (this.policy === 'muted-only' && !this.muted)) return Promise.resolve('blocked');
    if (this.#paused && !this.held) {
      this.#settle();
      this.#paused = false;
      this.#movesAt = Math.max(this.#movesAt, performance.now() + this.#cost(this.startCost));
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
    if (!this.#paused) this.#movesAt = Math.max(this.#movesAt, performance.now() + this.rateCost);
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

/** A player behind somebody else's frame: commands take effect late and in order, where it is comes four times a second. */
export class CoarsePlayer extends FakePlayer {
  latency = 120;
  #known = 0;
  #knownAt = 0;
  #knownRate = 1;
  #plays = false;
  #free = 0;
  readonly #reports = setInterval(() => this.#report(), 250);

  constructor() {
    super();
    this.caps = { tuning: 'stepped', rates: [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2], live: false };
    this.startCost = 90;
    this.seekCost = 250;
  }

  stop(): void {
    clearInterval(this.#reports);
  }

  /** Where it really is. */
  truth(): number {
    return super.time();
  }

  override time(): number {
    return this.#plays ? this.#known + Math.min(1000, performance.now() - this.#knownAt) * this.#knownRate : this.#known;
  }

  override paused(): boolean {
    return !this.#plays;
  }

  #report(): void {
    this.#known = super.time();
    this.#knownAt = performance.now();
    this.#knownRate = this.rate;
  }

  #later(run: () => void): void {
    this.#free = Math.max(this.#free, performance.now() + this.latency * (this.draw === null ? 1 : 0.7 + 0.6 * this.draw()));
    setTimeout(() => {
      run();
      this.#report();
    }, this.#free - performance.now());
  }

  override seek(position: number): void {
    this.#known = position;
    this.#knownAt = performance.now();
    this.#later(() => super.seek(position));
  }

  override play(): Promise<'playing' | 'blocked'> {
    this.#plays = true;
    this.#later(() => void super.play());
    return Promise.resolve('playing');
  }

  override pause(): void {
    this.#plays = false;
    this.#later(() => super.pause());
  }

  override setRate(rate: number): void {
    this.#later(() => super.setRate(rate));
  }
}
