/**
 * Keeps one player where the room says: armed, started, nudged, and only rarely sought.
 *
 * The room publishes a vector (`Playback`); this steers a `Followed` player along it. What kind of player gets what treatment
 * stands in `tuning.ts`, what an error asks for in `correction.ts`, what a start or a seek costs in `departure.ts`, how a thin
 * line is met in `rendezvous.ts`. No DOM, no framework: clock and player are handed in. Times are ms.
 */
import { positionAt, type Phase, type Playback } from '../protocol';
import type { Followed } from '../players/port';
import { correction } from './correction';
import { Departure } from './departure';
import { Errors, median } from './errors';
import { Rendezvous } from './rendezvous';
import { TUNING, type Leads, type Tuning } from './tuning';

export type FollowState =
  | 'idle' | 'loading' | 'still' | 'armed' | 'starting' | 'running' | 'buffering' | 'advert' | 'blocked' | 'ended' | 'failed';

export interface FollowStatus {
  readonly state: FollowState;
  readonly phase: Phase;
  /** How far ahead of the room; `null` where it means nothing. */
  readonly drift: number | null;
  /** It is to start, or just did, or was just sought: until it has landed, where it stands says nothing about how well it follows. */
  readonly landing: boolean;
  /** Nudges, bursts and seeks in the last minute. */
  readonly corrections: number;
  /** What starting and seeking cost here; `null` where nothing is played. */
  readonly leads: Leads | null;
}

export interface FollowHost {
  /** Server time. */
  now(): number;
  /** A monotonic local clock. */
  local(): number;
  /** The browser forbade sound: mute and answer `true` to have it tried again, or `false` to wait for a gesture. */
  blocked(): boolean;
  learnt(leads: Leads): void;
  changed(): void;
}

/** Closer than this a paused picture is on the frame, even at 120 of them a second and for a place between two. */
const ON_FRAME = 1;
/** An error up to this is taken into a start instead of sought away. */
const START_SLACK = 250;
/** After data came back, so long until the first look. */
const SETTLE = 120;
/** How long after a start or a seek it is measured, and how far apart the three measurements lie. */
const LANDED = { play: 150, seek: 350, apart: 80 } as const;
/** Further off than this, something holds it: no start or seek aims so far ahead. */
const LANDING = 1000;
/** After a burst a coarse player is left alone, until its own reports have caught up. */
const HOLD_OFF = 700;
/** How late somebody's sound may be, either way. */
const DELAY_LIMIT = 500;

/** Seeking within what is loaded leaves at least this before it; and so much says that it was not the line that failed. */
const ROOM = 1000;
const PLENTY = 5000;
/** After it starved, so long its line counts as thin. */
const THIN_FOR = 30_000;

const SAME = ['item', 'position_ms', 'rate', 'playing', 'at'] as const;

export class Follow {
  readonly #host: FollowHost;
  readonly #errors = new Errors();
  #player: Followed | null = null;
  #vector: Playback | null = null;
  #leads: Leads = TUNING.native.first;
  #state: FollowState = 'idle';
  #timer: ReturnType<typeof setTimeout> | null = null;
  #burst: ReturnType<typeof setTimeout> | null = null;
  #rate = 1;
  #nudging = false;
  #meeting: Rendezvous | null = null;
  /** It came late to a film that plays, and has not landed yet: one more seek is better than ten seconds of nudging. */
  #arriving = false;
  #starvedAt = -Infinity;
  #lastSeek = -Infinity;
  #holdOff = -Infinity;
  /** Local times of the last minute's corrections. */
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
    const drift = this.drift();
    return {
      state: this.#state, phase: this.#phase(), drift, corrections: this.#corrections.length,
      landing: this.#state === 'armed' || (this.#state === 'starting' && Math.abs(drift ?? 0) <= LANDING),
      leads: this.#player === null ? null : this.#leads,
    };
  }

  /** Where the player should stand now; `null` where nothing is on. */
  target(): number | null {
    const vector = this.#vector;
    if (vector === null || vector.item === null) return null;
    return positionAt(vector, this.#now(), this.#player?.duration() ?? null);
  }

  /** How far ahead of the room the player is. */
  drift(): number | null {
    const target = this.target();
    const player = this.#player;
    if (target === null || player === null || !player.loaded() || player.caps.live || player.advert?.() === true) return null;
    return player.time() - target;
  }

  /** Takes a player; it is steered from now on. */
  attach(player: Followed, leads: Leads): void {
    this.detach();
    this.#player = player;
    this.#leads = leads;
    this.#starvedAt = -Infinity;
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

  /** The sound of this person comes late by so many ms, -500 to 500: play that much ahead. */
  setDelay(delay: number): void {
    this.#delay = Math.min(DELAY_LIMIT, Math.max(-DELAY_LIMIT, delay));
  }

  /** The person paused it by hand: leave it so until the room has answered. */
  rest(ms: number): void {
    this.#restUntil = this.#host.local() + ms;
    this.#player?.pause();
  }

  /** Starts over from the room's vector: after a gesture, a wake-up, or because the person asked. */
  resync(): void {
    this.#restUntil = -Infinity;
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
    else if (this.#state === 'running' || this.#state === 'buffering' || this.#state === 'advert') this.#look();
    else this.#host.changed();
  }

  /** Server time as this person's ears have it: who hears late is steered ahead, before and after the start alike. */
  #now(): number {
    return this.#host.now() + (this.#vector?.playing === true ? this.#delay : 0);
  }

  #tuning(): Tuning {
    return TUNING[this.#player?.caps.tuning ?? 'native'];
  }

  #phase(): Phase {
    switch (this.#state) {
      case 'idle': return 'idle';
      case 'loading':
      case 'buffering': return 'buffering';
      case 'blocked': return 'blocked';
      case 'advert': return 'advert';
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
    this.#errors.clear();
    this.#nudging = false;
    this.#meeting = null;
    this.#arriving = false;
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
    this.#lastSeek = -Infinity;
    const player = this.#player;
    const vector = this.#vector;
    if (player === null || vector === null || vector.item === null) {
      this.#to('idle');
      return;
    }
    // A player that was just put in does not know the room's rate yet.
    if (player.caps.rates !== null) player.setRate(this.#rate);
    if (!player.loaded()) this.#to('loading');
    else if (!vector.playing) this.#stand(player, vector);
    else if (player.caps.live) this.#play(player);
    else if (vector.at - this.#leads.play > this.#now()) this.#arm(player, vector.position_ms, vector.at);
    else this.#join(player);
  }

  #stand(player: Followed, vector: Playback): void {
    if (!player.paused()) player.pause();
    if (!player.caps.live) this.#settleOn(player, vector.position_ms);
    this.#to('still');
  }

  #settleOn(player: Followed, position: number): void {
    const goal = this.#within(player, position);
    if (Math.abs(player.time() - goal) > ON_FRAME) player.seek(goal);
  }

  #within(player: Followed, position: number): number {
    return Math.min(position, player.duration() ?? Infinity);
  }

  /** It runs from a place in the near future: stand exactly there, and go a learnt moment before. */
  #arm(player: Followed, position: number, at: number): void {
    if (!player.paused()) player.pause();
    this.#settleOn(player, position);
    this.#to('armed');
    this.#after(at - this.#leads.play - this.#now(), () => this.#play(player));
  }

  /** It plays already: go where it will be, then let the nudge do the rest. */
  #join(player: Followed): void {
    // Where something holds it, it is asked to play again and again, but not sought again and again.
    const rested = this.#host.local() - this.#lastSeek >= this.#tuning().cooldown;
    if (rested && Math.abs(this.drift() ?? 0) > START_SLACK) this.#seekAhead(player);
    this.#arriving = true;
    this.#play(player);
  }

  /** It moves at last, but the room went on meanwhile: answers whether it was sought once more. */
  #arrive(player: Followed): boolean {
    const target = this.target();
    const late = this.#arriving && Math.abs(this.drift() ?? 0) > START_SLACK;
    if (!late || target === null || !player.buffered(this.#within(player, target + ROOM))) return false;
    this.#arriving = false;
    this.#land(player, this.#seekAhead(player));
    this.#to('starting');
    return true;
  }

  /** Seeks to where the room will be once the player has arrived there. */
  #seekAhead(player: Followed): Departure | null {
    const target = this.target();
    if (target === null) return null;
    const rate = this.#vector?.rate ?? 1;
    const place = this.#within(player, target + this.#leads.seek * rate);
    this.#lastSeek = this.#host.local();
    player.seek(place);
    return new Departure('seek', this.#lastSeek, place, rate);
  }

  /** Has it play; what that costs is learnt where it stood ready to. */
  #play(player: Followed): void {
    const ready = player.ready() && player.paused() && !player.caps.live && !this.#arriving;
    if (!player.ready()) this.#arriving = true;
    const departure = ready ? new Departure('play', this.#host.local(), player.time(), this.#rate) : null;
    this.#to('starting');
    if (player.paused() || player.ended()) {
      const turn = this.#turn;
      void player.play().then((outcome) => {
        if (turn !== this.#turn || outcome === 'playing') return;
        if (this.#host.blocked()) {
          this.#play(player);
          return;
        }
        this.#clear();
        this.#to('blocked');
      });
    }
    this.#land(player, departure);
  }

  /** Sees how well a start or a seek went, and learns from it. */
  #land(player: Followed, departure: Departure | null): void {
    const costs: number[] = [];
    const measure = (): void => {
      if (player.paused() || !player.ready() || player.caps.live || player.advert?.() === true) {
        this.#run();
        return;
      }
      if (departure === null && this.#arrive(player)) return;
      const now = this.#host.local();
      if (departure !== null) costs.push(departure.cost(now, player.time()));
      this.#errors.add(now, this.drift() ?? 0);
      if (this.#errors.middle === null) {
        this.#after(LANDED.apart, measure);
        return;
      }
      this.#arriving = false;
      if (departure !== null) this.#learn(departure.learn(this.#leads, median(costs)));
      this.#run();
    };
    this.#errors.clear();
    const due = (this.#vector?.at ?? 0) - this.#now();
    this.#after(Math.max(0, due) + LANDED[departure?.kind ?? 'play'], measure);
  }

  #learn(leads: Leads): void {
    if (leads === this.#leads) return;
    this.#leads = leads;
    this.#host.learnt(leads);
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
    if (this.#meeting !== null) {
      this.#wait(player, this.#meeting);
      return;
    }
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
    if (player.advert?.() === true) {
      // Nobody can help it: it is left alone, and brought back when it is over.
      this.#nudging = false;
      this.#setRate(vector.rate);
      if (this.#state !== 'advert') this.#to('advert');
      return;
    }
    if (this.#state === 'advert') {
      this.#join(player);
      return;
    }
    if (!player.ready()) {
      this.#starve();
      return;
    }
    if (this.#state === 'buffering') {
      // The picture stood anyway: where data abound, a seek ends that sooner than a nudge.
      this.#arriving ||= player.buffered(this.#within(player, (this.target() ?? 0) + PLENTY));
      if (this.#arrive(player)) return;
      this.#errors.clear();
      this.#state = 'running';
      this.#after(SETTLE, () => this.#look());
      this.#host.changed();
      return;
    }
    this.#state = 'running';
    if (!player.caps.live) this.#correct(player, vector, end);
    this.#host.changed();
  }

  #starve(): void {
    this.#setRate(this.#vector?.rate ?? 1);
    this.#nudging = false;
    this.#starvedAt = this.#host.local();
    if (this.#state !== 'buffering') this.#to('buffering');
  }

  /** Whether data came too slowly just now: then a seek would throw away what little there is. */
  #thin(): boolean {
    return this.#player?.caps.tuning === 'native' && this.#host.local() - this.#starvedAt < THIN_FOR;
  }

  /** Goes to a place ahead of the room and stands there. */
  #meet(player: Followed, meeting: Rendezvous): void {
    this.#corrections.push(this.#host.local());
    this.#clear();
    this.#meeting = meeting;
    player.pause();
    player.seek(this.#within(player, meeting.place));
    this.#to('buffering');
    this.#after(this.#tuning().tick, () => this.#look());
  }

  /** Stands at the meeting place until enough is loaded, and goes when the room is there. */
  #wait(player: Followed, meeting: Rendezvous): void {
    const target = this.target();
    const vector = this.#vector;
    if (target === null || vector === null) return;
    const local = this.#host.local();
    const loaded = player.ready() && player.buffered(this.#within(player, meeting.until));
    const missed = target - meeting.place;
    if (!loaded && !meeting.over(local)) return;
    this.#meeting = null;
    if (missed <= 0) this.#arm(player, meeting.place, this.#now() - missed / vector.rate);
    else if (missed <= this.#tuning().hard || player.buffered(this.#within(player, target + ROOM))) this.#join(player);
    else this.#meet(player, meeting.next(local, target, vector.rate));
  }

  #correct(player: Followed, vector: Playback, end: number | null): void {
    const target = this.target();
    const drift = this.drift();
    if (target === null || drift === null || (end !== null && target >= end)) return;
    const now = this.#host.local();
    if (now < this.#holdOff) return;
    this.#errors.add(now, drift);
    const error = this.#errors.middle;
    if (error === null) return;
    const tuning = this.#tuning();
    const thin = this.#thin();
    const here = player.buffered(target + this.#leads.seek);
    // On a thin line a second behind is not worth a minute of nudging, loaded or not: there is a better way than a seek.
    const loaded = here || thin;
    const what = correction(tuning, { error, rate: vector.rate, rates: player.caps.rates, nudging: this.#nudging, loaded });
    switch (what.do) {
      case 'nothing': return;
      case 'seek':
        if (thin && !here) {
          this.#meet(player, Rendezvous.first(now, target, vector.rate));
          return;
        }
        if (now - this.#lastSeek < tuning.cooldown) return;
        this.#corrections.push(now);
        this.#clear();
        this.#land(player, this.#seekAhead(player));
        this.#to('starting');
        return;
      case 'settle':
        this.#nudging = false;
        this.#errors.clear();
        this.#setRate(vector.rate);
        return;
      case 'nudge':
        if (!this.#nudging) this.#corrections.push(now);
        this.#nudging = true;
        this.#setRate(what.rate);
        return;
      case 'burst':
        this.#corrections.push(now);
        this.#errors.clear();
        this.#holdOff = now + what.lasts + HOLD_OFF;
        this.#setRate(what.rate);
        this.#burst = setTimeout(() => this.#setRate(vector.rate), what.lasts);
    }
  }
}
