/**
 * The one mediator between the room and players: puts in the player that the current item needs, hands it to `follow.ts`, keeps
 * volume and mute, asks for consent before somebody else's page is loaded, and reports to the server how it goes.
 */
import { Follow, type FollowStatus } from './follow';
import { openPlayer, siteOf, type Site } from './players/open';
import type { PlayerPort } from './players/port';
import * as prefs from './prefs';
import type { Item, Phase, Playback } from './protocol';
import type { Session } from './session';

export type Show =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'consent' | 'elsewhere'; readonly item: Item; readonly site: Site }
  | { readonly kind: 'opening' | 'open' | 'failed'; readonly item: Item };

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
  /** Round trip, ms. */
  rtt(): number | null;
  /** The room's last event that is known. */
  seq(): number;
  /** The page lies in the background. */
  hidden(): boolean;
}

const REPORT_EVERY = 1500;
/** What is said of a film that no player of ours shows. */
const TOLD: Partial<Record<Show['kind'], Phase>> = { failed: 'failed', elsewhere: 'failed', consent: 'blocked' };
/** The room's answer to a pause by hand is awaited for so long, ms. */
const ANSWER = 1500;

export class Projector {
  readonly #follow: Follow;
  readonly #listeners = new Set<() => void>();
  #state: ProjectorState;
  #slot: HTMLElement | null = null;
  #player: PlayerPort | null = null;
  #item: Item | null = null;
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
    this.#reporter = setInterval(() => this.#report(true), REPORT_EVERY);
  }

  get state(): ProjectorState {
    return this.#state;
  }

  /** How well it follows; read it when drawing, it is not announced. */
  get status(): FollowStatus {
    return this.#follow.status;
  }

  get player(): PlayerPort | null {
    return this.#player;
  }

  target(): number | null {
    return this.#follow.target();
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
    this.#follow.set(playback);
    if (!same && current !== null) this.#ask(current);
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
    prefs.consent.give(show.item.player);
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
      if (wasBlocked || this.#player?.paused() === true) this.#follow.resync();
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
    this.#follow.setDelay(delay);
    this.#set({ delay });
  }

  resync(): void {
    this.host.session.pingBurst();
    this.#follow.resync();
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
    this.#follow.detach();
    this.#player?.destroy();
    this.#player = null;
    this.#set({ show: { kind: 'nothing' }, soundBlocked: false, blocked: false, buffering: false, ended: false });
  }

  #ask(item: Item): void {
    const site = siteOf(item);
    if (site !== null && !site.here) this.#set({ show: { kind: 'elsewhere', item, site } });
    else if (site !== null && !prefs.consent.given(item.player)) this.#set({ show: { kind: 'consent', item, site } });
    else void this.#open(item);
  }

  async #open(item: Item): Promise<void> {
    this.#opening += 1;
    const turn = this.#opening;
    this.#set({ show: { kind: 'opening', item } });
    const player = await openPlayer(item).catch(() => null);
    if (turn !== this.#opening) {
      player?.destroy();
      return;
    }
    if (player === null) {
      this.#set({ show: { kind: 'failed', item } });
      return;
    }
    this.#player = player;
    player.setVolume(this.#state.volume);
    player.setMuted(this.#state.muted);
    player.onSignal((signal) => {
      if (signal === 'failed') this.#set({ show: { kind: 'failed', item } });
      if (signal === 'paused' || signal === 'played') this.#byHand(signal === 'paused' ? 'pause' : 'play');
      else this.#follow.signal(signal);
    });
    this.#slot?.append(player.node);
    this.#set({ show: { kind: 'open', item } });
    this.#follow.attach(player, prefs.leads.get(item.player));
  }

  /** The browser forbade sound: silent is better than not at all. */
  #muteToPlay(): boolean {
    if (this.#player === null || this.#state.soundBlocked || this.#state.muted) return false;
    this.#player.setMuted(true);
    this.#set({ soundBlocked: true });
    return true;
  }

  /** Pressed in the player's own controls: it counts as pressed in ours, and is undone where that is refused. */
  #byHand(what: 'play' | 'pause'): void {
    if (what === 'pause') this.#follow.rest(ANSWER);
    this.host.session.command({ do: what }).catch(() => this.#follow.resync());
  }

  #changed(): void {
    const { state, phase } = this.#follow.status;
    this.#set({ blocked: state === 'blocked', buffering: phase === 'buffering', ended: state === 'ended' });
    this.#report(false);
  }

  /** Tells the server how it goes: by the clock while something plays, and at once when it changes or the room waits for it. */
  #report(byClock: boolean): void {
    const item = this.#item;
    const { state, phase, drift } = this.#follow.status;
    const told = item === null ? 'idle' : (TOLD[this.#state.show.kind] ?? phase);
    const ended = state === 'ended';
    const hidden = this.host.hidden();
    const key = `${item?.id ?? ''} ${told} ${ended} ${hidden} ${this.#waited ?? ''}`;
    const plays = state === 'running' || state === 'starting' || state === 'buffering';
    if (byClock ? item === null || (!plays && key === this.#reported) : key === this.#reported) return;
    if (this.host.session.link.state !== 'online') return;
    this.#reported = key;
    const duration = this.#player?.duration() ?? null;
    this.host.session.report({
      item: item?.id ?? null,
      phase: told,
      drift_ms: drift === null ? null : Math.round(drift),
      rtt_ms: this.#roundTrip(),
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
