/**
 * The one mediator between the room and players: puts in the player that the current item needs, hands it to `follow.ts`, keeps
 * volume and mute, asks for consent before somebody else's page is loaded, and reports to the server how it goes.
 */
import type { Follow, FollowStatus } from './sync/follow';
import { kindOf, siteKey } from './players/capabilities';
import { openPlayer, playsHere } from './players/open';
import type { Failure, PlayerPort } from './players/port';
import type { Leads } from './sync/tuning';
import * as prefs from './prefs';
import { positionAt, type Command, type Item, type Phase, type Playback } from './protocol';
import type { Session } from './session';

export type Show =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'consent' | 'elsewhere' | 'opening' | 'open'; readonly item: Item }
  | { readonly kind: 'failed'; readonly item: Item; readonly why: Failure };

export interface ProjectorState {
  readonly show: Show;
  /** The browser let it play only without sound, until somebody taps. */
  readonly soundBlocked: boolean;
  /** The browser lets it play only after a gesture. */
  readonly blocked: boolean;
  /** Loads, though it should play or stand ready. */
  readonly buffering: boolean;
  readonly ended: boolean;
  readonly volume: number;
  readonly muted: boolean;
  readonly delay: number;
}

export interface ProjectorHost {
  readonly session: Session;
  /** Server time, ms. */
  now(): number;
  /** The round trip that 95 of 100 stay under, ms. */
  rtt(): number | null;
  /** The room's last event that is known. */
  seq(): number;
  /** The page lies in the background. */
  hidden(): boolean;
}

/** The part that steers comes while the socket is opened: no film is shown before the room has said which. */
const steering = () => import('./sync/steering');

const NOTHING: FollowStatus = { state: 'idle', phase: 'idle', drift: null, landing: false, corrections: 0, leads: null };

const REPORT_EVERY = 1500;
/** In step, catching up, off: where one word becomes the next, ms. */
const OFF = [100, 1000, Infinity];
/** What is said of a film that no player of ours shows. */
const TOLD: Partial<Record<Show['kind'], Phase>> = { failed: 'failed', elsewhere: 'failed', consent: 'blocked' };
/** The room's answer to a pause by hand is awaited for so long, ms. */
const ANSWER = 1500;

export class Projector {
  #follow: Follow | null = null;
  readonly #listeners = new Set<() => void>();
  #state: ProjectorState;
  #slot: HTMLElement | null = null;
  #player: PlayerPort | null = null;
  #item: Item | null = null;
  #vector: Playback | null = null;
  #opening = 0;
  #reported = '';
  /** Since when the room waits for everybody's player, server ms: each time it asks anew. */
  #waited: number | null = null;
  readonly #reporter: ReturnType<typeof setInterval>;

  constructor(private readonly host: ProjectorHost) {
    const loud = prefs.loudness.get();
    this.#state = {
      show: { kind: 'nothing' }, soundBlocked: false, blocked: false, buffering: false, ended: false,
      volume: loud.volume, muted: loud.muted, delay: prefs.soundDelay.get(),
    };
    // Where it does not come, the first film tries again, and says so if that fails too.
    this.#steer().catch(() => undefined);
    this.#reporter = setInterval(() => this.#report(true), REPORT_EVERY);
  }

  get state(): ProjectorState {
    return this.#state;
  }

  /** How well it follows; read it when drawing, it is not announced. */
  get status(): FollowStatus {
    return this.#follow?.status ?? NOTHING;
  }

  get player(): PlayerPort | null {
    return this.#player;
  }

  target(): number | null {
    return this.#follow?.target() ?? null;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Where players are put on the page. */
  mount(slot: HTMLElement | null): void {
    this.#slot = slot;
    if (slot !== null && this.#player !== null) slot.append(this.#player.node);
  }

  /** What is on and where it stands, as the room says. */
  take(current: Item | null, playback: Playback): void {
    const old = this.#item;
    const same = current?.id === old?.id && current?.url === old?.url && current?.player === old?.player;
    this.#item = current;
    this.#waited = playback.waiting === 'ready' ? playback.at : null;
    // The player of the film before has nothing to do with where this one stands.
    if (!same) this.#close();
    this.#vector = playback;
    this.#follow?.set(playback);
    if (!same && current !== null) this.#ask(current);
    this.#report(false);
  }

  /** Says how it goes, whatever was said before: on a new line, and when the page comes or goes. */
  tell(): void {
    this.#reported = '';
    this.#report(false);
  }

  /** The person agreed to load somebody else's page. */
  agree(): void {
    const show = this.#state.show;
    if (show.kind !== 'consent') return;
    prefs.consent.give(siteKey(show.item));
    void this.#open(show.item);
  }

  /** Tries a failed item again. */
  retry(): void {
    const item = this.#item;
    this.#close();
    if (item !== null) {
      this.#item = item;
      this.#ask(item);
    }
  }

  /** A gesture of the person: sound is allowed from here on. */
  unlock(): void {
    if (this.#state.blocked || this.#state.soundBlocked) {
      const wasBlocked = this.#state.blocked;
      this.#set({ soundBlocked: false, blocked: false });
      this.#player?.setMuted(this.#state.muted);
      if (wasBlocked || this.#player?.paused() === true) this.#follow?.resync();
    }
  }

  setVolume(volume: number): void {
    this.#loudness({ volume, muted: volume === 0 });
  }

  setMuted(muted: boolean): void {
    this.#loudness({ volume: muted || this.#state.volume > 0 ? this.#state.volume : 0.5, muted });
  }

  setDelay(delay: number): void {
    prefs.soundDelay.set(delay);
    this.#follow?.setDelay(delay);
    this.#set({ delay });
  }

  resync(): void {
    this.host.session.pingBurst();
    this.#follow?.resync();
  }

  /** This person pauses: their picture stands at once, and goes where everybody's does when the room has answered. */
  pausing(answer: Promise<boolean>): void {
    this.#follow?.rest(ANSWER);
    void answer.then((done) => {
      if (!done) this.#follow?.resync();
    });
  }

  destroy(): void {
    clearInterval(this.#reporter);
    this.#close();
    this.#listeners.clear();
  }

  #loudness(loud: { readonly volume: number; readonly muted: boolean }): void {
    prefs.loudness.set(loud);
    this.#player?.setVolume(loud.volume);
    this.#player?.setMuted(loud.muted);
    this.#set({ ...loud, soundBlocked: false });
  }

  #set(part: Partial<ProjectorState>): void {
    const next = { ...this.#state, ...part };
    const same = (Object.keys(part) as (keyof ProjectorState)[]).every((key) => this.#state[key] === next[key]);
    if (same) return;
    this.#state = Object.freeze(next);
    if (part.show !== undefined) this.#report(false);
    for (const listener of [...this.#listeners]) listener();
  }

  #close(): void {
    this.#opening += 1;
    this.#follow?.detach();
    this.#player?.destroy();
    this.#player = null;
    this.#set({ show: { kind: 'nothing' }, soundBlocked: false, blocked: false, buffering: false, ended: false });
  }

  #ask(item: Item): void {
    if (!playsHere(item)) this.#set({ show: { kind: 'elsewhere', item } });
    else if (kindOf(item)?.site != null && !prefs.consent.given(siteKey(item))) this.#set({ show: { kind: 'consent', item } });
    else void this.#open(item);
  }

  async #open(item: Item): Promise<void> {
    this.#opening += 1;
    const turn = this.#opening;
    this.#set({ show: { kind: 'opening', item } });
    const [player, leads] = await Promise.all([openPlayer(item, { position: this.#position() }), this.#steer()]).catch(() => [null, null]);
    if (turn !== this.#opening) {
      player?.destroy();
      return;
    }
    if (player === null || leads === null) {
      this.#set({ show: { kind: 'failed', item, why: 'unknown' } });
      return;
    }
    this.#player = player;
    player.setVolume(this.#state.volume);
    player.setMuted(this.#state.muted);
    player.onSignal((signal) => {
      if (signal === 'failed') {
        // What it shows instead of the film is said in our words.
        player.node.remove();
        this.#set({ show: { kind: 'failed', item, why: player.failure ?? 'unknown' } });
      }
      if (signal === 'paused') this.#byHand({ do: 'pause' });
      else if (signal === 'played') this.#byHand({ do: 'play' });
      else if (signal === 'sought') this.#byHand({ do: 'seek', position_ms: Math.max(0, Math.round(player.time())) });
      else this.#follow?.signal(signal);
    });
    this.#slot?.append(player.node);
    this.#set({ show: { kind: 'open', item } });
    // What takes no orders is not steered.
    if (!this.#byItself()) this.#follow?.attach(player, leads(item, player));
  }

  /** Whether what is shown takes no orders. */
  #byItself(): boolean {
    const show = this.#state.show;
    return show.kind === 'open' && kindOf(show.item)?.tuning === null;
  }

  /** Where the room is now, ms. */
  #position(): number {
    return this.#vector === null ? 0 : positionAt(this.#vector, this.host.now(), null);
  }

  /** Has the steering part; answers how to find what players cost here. */
  async #steer(): Promise<(item: Item, player: PlayerPort) => Leads> {
    const { Follow, TUNING } = await steering();
    if (this.#follow === null) {
      this.#follow = new Follow({
        now: () => this.host.now(),
        local: () => performance.now(),
        blocked: () => this.#muteToPlay(),
        learnt: (leads) => {
          if (this.#item !== null) prefs.leads.set(this.#item.player, leads);
        },
        changed: () => this.#changed(),
      });
      this.#follow.setDelay(this.#state.delay);
      if (this.#vector !== null) this.#follow.set(this.#vector);
    }
    return (item, player) => prefs.leads.get(item.player, TUNING[player.caps.tuning].first);
  }

  /** The browser forbade sound: silent is better than not at all. */
  #muteToPlay(): boolean {
    if (this.#player === null || this.#state.soundBlocked || this.#state.muted) return false;
    this.#player.setMuted(true);
    this.#set({ soundBlocked: true });
    return true;
  }

  /** Done in the player's own controls: it counts as done in ours, and is undone where that is refused. */
  #byHand(what: Command): void {
    const answer = this.host.session.command(what);
    if (what.do === 'pause') this.pausing(answer.then(() => true, () => false));
    else answer.catch(() => this.#follow?.resync());
  }

  #changed(): void {
    const { state, phase } = this.status;
    this.#set({ blocked: state === 'blocked', buffering: phase === 'buffering', ended: state === 'ended' });
    this.#report(false);
  }

  /** Tells the server how it goes: by the clock while something plays, and at once when it changes or the room waits for it. */
  #report(byClock: boolean): void {
    const item = this.#item;
    const { state, phase, drift: measured, landing } = this.status;
    const drift = landing ? null : measured;
    const told = item === null ? 'idle' : this.#byItself() ? 'ready' : (TOLD[this.#state.show.kind] ?? phase);
    const ended = state === 'ended';
    const hidden = this.host.hidden();
    const rtt = this.#roundTrip();
    // What everybody's list of people shows is told when it becomes another word, and a start's lead depends on the line.
    const off = drift === null ? 0 : OFF.findIndex((limit) => Math.abs(drift) <= limit);
    const key = `${item?.id ?? ''} ${told} ${ended} ${hidden} ${this.#waited ?? ''} ${off} ${Math.round((rtt ?? -100) / 100)}`;
    const plays = state === 'running' || state === 'starting' || state === 'buffering';
    if (byClock ? item === null || (!plays && key === this.#reported) : key === this.#reported) return;
    if (this.host.session.link.state !== 'online') return;
    this.#reported = key;
    const duration = this.#player?.duration() ?? null;
    this.host.session.report({
      item: item?.id ?? null,
      phase: told,
      drift_ms: drift === null ? null : Math.round(drift),
      rtt_ms: rtt,
      seq: this.host.seq(),
      hidden,
      duration_ms: duration === null ? null : Math.round(duration),
      ended,
    });
  }

  #roundTrip(): number | null {
    const rtt = this.host.rtt();
    return rtt === null ? null : Math.round(rtt);
  }
}
