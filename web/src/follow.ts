/**
 * Keeps one player where the room says: armed, started, nudged, and only rarely sought.
 *
 * The room publishes a vector (`Playback`); this steers a `Followed` player along it. Every number here was measured (see
 * `TUNING`): a change of rate costs about 20 ms by itself, so errors under 30 ms are left alone; a start and a seek lose a time
 * that is learnt per kind of player and given as a lead the next time. No DOM, no framework: clock and player are handed in.
 */
import { positionAt, type Phase, type Playback } from './protocol';
import type { Followed } from './players/port';

export interface Tuning {
  /** Looks at the error this often while it plays, ms. */
  readonly tick: number;
  /** Begins to nudge past this error and stops under the other, ms. */
  readonly enter: number;
  readonly exit: number;
  /** Greatest nudge, as a part of the rate. */
  readonly reach: number;
  /** An error is meant to be gone after this long, ms; bounded by `reach`. */
  readonly horizon: number;
  /** Seeks past this error, ms; the second where the target is not buffered yet. */
  readonly hard: number;
  readonly hardFar: number;
  /** At most one such seek in this time, ms. */
  readonly cooldown: number;
}

const NATIVE: Tuning = {
  tick: 250, enter: 30, exit: 10, reach: 0.08, horizon: 800, hard: 1000, hardFar: 2000, cooldown: 1500,
};

/** By what rates a player takes. */
export const TUNING = {
  any: NATIVE,
  /** Quarter steps: one timed burst instead of a proportional nudge. */
  steps: { ...NATIVE, enter: 70, exit: 30, hard: 2000, hardFar: 2000, cooldown: 3000 },
  /** No rates at all: seeks only. */
  none: { ...NATIVE, enter: Infinity, hard: 1500, hardFar: 2500, cooldown: 5000 },
} as const;

/** What starting and seeking cost this kind of player here, ms; learnt, and kept by whoever owns the storage. */
export interface Leads {
  readonly play: number;
  readonly seek: number;
}

export const FIRST_LEADS: Leads = { play: 90, seek: 150 };

export type FollowState =
  | 'idle' | 'loading' | 'still' | 'armed' | 'starting' | 'running' | 'buffering' | 'blocked' | 'ended' | 'failed';

export interface FollowStatus {
  readonly state: FollowState;
  readonly phase: Phase;
  /** How far ahead of the room, ms; `null` where it means nothing. */
  readonly drift: number | null;
  /** Nudges and seeks in the last minute. */
  readonly corrections: number;
}

export interface FollowHost {
  /** Server time, ms. */
  now(): number;
  /** A monotonic local clock, ms. */
  local(): number;
  /** The browser forbade sound: mute and answer `true` to have it tried again, or `false` to wait for a gesture. */
  blocked(): boolean;
  learnt(leads: Leads): void;
  changed(): void;
}

/** Closer than this a paused picture is on the frame; seeking again would only flicker. */
const ON_FRAME = 8;
/** An error up to this is taken into a start instead of sought away. */
const START_SLACK = 250;
/** After data came back, so long until the first look. */
const SETTLE = 120;
/** A start that was this late says nothing about the player. */
const LATE_TIMER = 30;

const SAME = ['item', 'position_ms', 'rate', 'playing', 'at'] as const;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
};

export class Follow {
  readonly #host: FollowHost;
  #player: Followed | null = null;
  #vector: Playback | null = null;
  #leads: Leads = FIRST_LEADS;
  #state: FollowState = 'idle';
  #timer: ReturnType<typeof setTimeout> | null = null;
  #burst: ReturnType<typeof setTimeout> | null = null;
  #errors: number[] = [];
  #rate = 1;
  #nudging = false;
  #lastSeek = -Infinity;
  #holdOff = -Infinity;
  #caughtUp = false;
  #corrections: number[] = [];
  /** Raised with each new beginning: answers of older plays are not ours any more. */
  #turn = 0;
  #delay = 0;
  #restUntil = -Infinity;

  constructor(host: FollowHost) {
    this.#host = host;
  }

  get state(): FollowState {
    return this.#state;
  }

  get status(): FollowStatus {
    const now = this.#host.local();
    this.#corrections = this.#corrections.filter((at) => now - at < 60_000);
    return { state: this.#state, phase: this.#phase(), drift: this.drift(), corrections: this.#corrections.length };
  }

  /** Where the player should stand now, ms; `null` where nothing is on. */
  target(): number | null {
    const vector = this.#vector;
    if (vector === null || vector.item === null) return null;
    const delay = vector.playing && this.#host.now() > vector.at ? this.#delay : 0;
    return positionAt(vector, this.#host.now(), this.#player?.duration() ?? null) + delay;
  }

  /** How far ahead of the room the player is, ms. */
  drift(): number | null {
    const target = this.target();
    const player = this.#player;
    if (target === null || player === null || !player.loaded() || player.caps.live) return null;
    return player.time() - target;
  }

  /** Takes a player; it is steered from now on. */
  attach(player: Followed, leads: Leads): void {
    this.detach();
    this.#player = player;
    this.#leads = leads;
    this.#lastSeek = -Infinity;
    this.#begin();
  }

  /** Lets the player go, as it is. */
  detach(): void {
    this.#clear();
    this.#player = null;
    this.#to('idle');
  }

  /** The room's newest vector. */
  set(vector: Playback): void {
    const old = this.#vector;
    this.#vector = vector;
    // The same again, after a reconnect, disturbs nobody.
    if (old !== null && SAME.every((field) => old[field] === vector[field])) return;
    this.#begin();
  }

  /** The sound of this person comes late by so many ms: play that much ahead. */
  setDelay(delay: number): void {
    this.#delay = clamp(delay, -500, 500);
  }

  /** The person paused it by hand: leave it so until the room has answered, ms. */
  rest(ms: number): void {
    this.#restUntil = this.#host.local() + ms;
  }

  /** Starts over from the room's vector: after a gesture, a wake-up, or because the person asked. */
  resync(): void {
    this.#lastSeek = -Infinity;
    this.#begin();
  }

  /** The player says that something about it changed. */
  signal(signal: 'change' | 'failed'): void {
    if (signal === 'failed') {
      this.#clear();
      this.#to('failed');
      return;
    }
    const player = this.#player;
    if (player === null) return;
    // A gesture inside a player of somebody else started it.
    if (this.#state === 'blocked' && !player.paused()) this.#begin();
    else if (this.#state === 'loading' && player.loaded()) this.#begin();
    else if (this.#state === 'running' || this.#state === 'buffering') this.#look();
    else this.#host.changed();
  }

  #phase(): Phase {
    switch (this.#state) {
      case 'idle': return 'idle';
      case 'loading':
      case 'buffering': return 'buffering';
      case 'blocked': return 'blocked';
      case 'failed': return 'failed';
      case 'ended': return 'ready';
      default: return this.#player?.ready() === true || this.#player?.ended() === true ? 'ready' : 'buffering';
    }
  }

  #to(state: FollowState): void {
    this.#state = state;
    this.#host.changed();
  }

  #clear(): void {
    this.#turn += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#burst !== null) clearTimeout(this.#burst);
    this.#timer = null;
    this.#burst = null;
    this.#errors = [];
    this.#nudging = false;
    this.#caughtUp = false;
    this.#setRate(this.#vector?.rate ?? 1);
  }

  #after(ms: number, run: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(run, Math.max(0, ms));
  }

  #setRate(rate: number): void {
    if (this.#rate === rate) return;
    this.#rate = rate;
    if (this.#player?.caps.rates !== null) this.#player?.setRate(rate);
  }

  /** Reads the vector afresh and does what it asks. */
  #begin(): void {
    if (this.#state === 'failed' && this.#player !== null && !this.#player.loaded()) return;
    this.#clear();
    const player = this.#player;
    const vector = this.#vector;
    if (player === null || vector === null || vector.item === null) {
      this.#to('idle');
      return;
    }
    // A player that was just put in does not know the room's rate yet.
    if (player.caps.rates !== null) player.setRate(this.#rate);
    if (!player.loaded()) {
      this.#to('loading');
      return;
    }
    if (player.caps.live) {
      if (vector.playing) this.#start('nothing');
      else this.#stand(player, null);
      return;
    }
    if (!vector.playing) {
      this.#stand(player, vector.position_ms);
      return;
    }
    const due = vector.at - this.#leads.play - this.#host.now();
    if (due > 0) this.#arm(player, vector, due);
    else this.#join(player);
  }

  #stand(player: Followed, position: number | null): void {
    if (!player.paused()) player.pause();
    if (position !== null) this.#settleOn(player, position);
    this.#to('still');
  }

  #settleOn(player: Followed, position: number): void {
    const duration = player.duration();
    const goal = duration === null ? position : Math.min(position, duration);
    if (Math.abs(player.time() - goal) > ON_FRAME) player.seek(goal);
  }

  /** It starts in the near future: stand exactly there, and go a learnt moment before. */
  #arm(player: Followed, vector: Playback, due: number): void {
    if (!player.paused()) player.pause();
    this.#settleOn(player, vector.position_ms);
    this.#to('armed');
    const expected = this.#host.local() + due;
    this.#after(due, () => {
      const late = this.#host.local() - expected > LATE_TIMER;
      this.#start(late || !player.ready() ? 'nothing' : 'play');
    });
  }

  /** It plays already: go where it will be, then let the nudge do the rest. */
  #join(player: Followed): void {
    if (Math.abs(this.drift() ?? 0) > START_SLACK) this.#seekAhead(player);
    this.#start('nothing');
  }

  #seekAhead(player: Followed): void {
    const target = this.target();
    if (target === null) return;
    this.#lastSeek = this.#host.local();
    const lead = this.#leads.seek * (this.#vector?.rate ?? 1);
    const duration = player.duration();
    player.seek(duration === null ? target + lead : Math.min(target + lead, duration));
  }

  /** Plays, and measures how well it landed; `learn` says which lead the error belongs to. */
  #start(learn: 'play' | 'seek' | 'nothing'): void {
    const player = this.#player;
    const vector = this.#vector;
    if (player === null || vector === null) return;
    this.#to('starting');
    const turn = this.#turn;
    if (player.paused() || player.ended()) {
      void player.play().then((outcome) => {
        if (turn !== this.#turn || outcome === 'playing') return;
        if (this.#host.blocked()) {
          this.#start('nothing');
          return;
        }
        this.#clear();
        this.#to('blocked');
      });
    }
    const samples: number[] = [];
    const sample = (): void => {
      const drift = this.drift();
      if (drift === null || player.paused() || !player.ready()) {
        this.#run();
        return;
      }
      samples.push(drift);
      if (samples.length < 3) {
        this.#after(80, sample);
        return;
      }
      const error = median(samples);
      if (Math.abs(error) < this.#tuning().hard) this.#learn(learn, error);
      this.#errors = samples.slice();
      this.#run();
    };
    this.#after(Math.max(0, vector.at - this.#host.now()) + (learn === 'seek' ? 350 : 150), sample);
  }

  #learn(what: 'play' | 'seek' | 'nothing', error: number): void {
    if (what === 'play') this.#leads = { ...this.#leads, play: clamp(this.#leads.play - 0.7 * error, 0, 600) };
    else if (what === 'seek') this.#leads = { ...this.#leads, seek: clamp(this.#leads.seek - 0.6 * error, 0, 1500) };
    else return;
    this.#host.learnt(this.#leads);
  }

  #tuning(): Tuning {
    const rates = this.#player?.caps.rates;
    return rates === 'any' ? TUNING.any : rates === null || rates === undefined ? TUNING.none : TUNING.steps;
  }

  #run(): void {
    this.#to('running');
    this.#look();
  }

  /** One look at the error, and what follows from it. */
  #look(): void {
    const player = this.#player;
    const vector = this.#vector;
    if (player === null || vector === null) return;
    this.#after(this.#tuning().tick, () => this.#look());
    const end = player.duration();
    if (player.ended()) {
      // The room may be a moment behind; it says itself when this item is over.
      const target = this.target() ?? 0;
      if (end !== null && target < end - this.#tuning().hard) this.#join(player);
      else if (this.#state !== 'ended') this.#to('ended');
      return;
    }
    if (player.paused() && this.#host.local() < this.#restUntil) return;
    if (player.paused()) {
      // Somebody or something stopped it behind our back: the system, a headset, a policy.
      this.#join(player);
      return;
    }
    if (!player.ready()) {
      this.#starve(player);
      return;
    }
    if (this.#state === 'buffering') {
      this.#errors = [];
      this.#caughtUp = false;
      this.#state = 'running';
      this.#after(SETTLE, () => this.#look());
      this.#host.changed();
      return;
    }
    this.#state = 'running';
    if (player.caps.live) {
      this.#host.changed();
      return;
    }
    this.#correct(player, vector, end);
    this.#host.changed();
  }

  #starve(player: Followed): void {
    this.#setRate(this.#vector?.rate ?? 1);
    this.#nudging = false;
    if (this.#state !== 'buffering') this.#to('buffering');
    const drift = this.drift() ?? 0;
    if (drift < -5000 && !this.#caughtUp) {
      // Once only: on a thin line every seek throws away what was loaded.
      this.#caughtUp = true;
      this.#corrections.push(this.#host.local());
      this.#seekAhead(player);
    }
  }

  #correct(player: Followed, vector: Playback, end: number | null): void {
    const target = this.target();
    const drift = this.drift();
    if (target === null || drift === null || (end !== null && target >= end)) return;
    const now = this.#host.local();
    if (now < this.#holdOff) return;
    this.#errors = [...this.#errors, drift].slice(-3);
    if (this.#errors.length < 3) return;
    const error = median(this.#errors);
    const tuning = this.#tuning();
    const hard = player.buffered(target + this.#leads.seek) ? tuning.hard : tuning.hardFar;
    if (Math.abs(error) > hard) {
      if (now - this.#lastSeek < tuning.cooldown) return;
      this.#corrections.push(now);
      this.#clear();
      this.#seekAhead(player);
      this.#start('seek');
      return;
    }
    const rates = player.caps.rates;
    if (rates === null) return;
    if (rates === 'any') this.#nudge(vector, error, tuning);
    else this.#burstOf(rates, vector, error, tuning);
  }

  #nudge(vector: Playback, error: number, tuning: Tuning): void {
    if (!this.#nudging && Math.abs(error) <= tuning.enter) return;
    if (Math.abs(error) <= tuning.exit) {
      this.#nudging = false;
      this.#errors = [];
      this.#setRate(vector.rate);
      return;
    }
    if (!this.#nudging) {
      this.#nudging = true;
      this.#corrections.push(this.#host.local());
    }
    const part = clamp(error / tuning.horizon, -tuning.reach, tuning.reach);
    this.#setRate(Math.round(vector.rate * (1 - part) * 200) / 200);
  }

  /** A player with coarse steps goes a quarter faster or slower for exactly as long as the error needs. */
  #burstOf(rates: readonly number[], vector: Playback, error: number, tuning: Tuning): void {
    const STEP = 0.25;
    if (Math.abs(error) <= tuning.enter) return;
    const rate = vector.rate + (error > 0 ? -STEP : STEP);
    if (!rates.includes(rate)) return;
    const lasts = Math.abs(error) / STEP;
    this.#corrections.push(this.#host.local());
    this.#errors = [];
    this.#holdOff = this.#host.local() + lasts + 700;
    this.#setRate(rate);
    this.#burst = setTimeout(() => this.#setRate(vector.rate), lasts);
  }
}
