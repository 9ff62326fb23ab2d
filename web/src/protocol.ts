/**
 * The native API's socket frames, as docs/API.md writes them. They come in by `decode.ts`.
 *
 * Positions and lengths are milliseconds (`_ms`); `s` and a playback's `at` are milliseconds on the server's playback clock;
 * a deed's `at` is Unix milliseconds.
 */

export type PlayerKind = 'video' | 'audio' | 'hls' | 'dash' | 'youtube' | 'vimeo' | 'twitch' | 'dailymotion' | 'embed';
export type Door = 'viewer' | 'api' | 'discord' | 'telegram' | 'room';
export type Role = 'guest' | 'registered' | 'trusted' | 'moderator' | 'cohost' | 'host';
export type Visibility = 'public' | 'unlisted' | 'invite' | 'private';
export type QueueMode = 'manual' | 'vote' | 'loop' | 'dj' | 'fair';
/** Why the film stands though nobody paused it: for the first viewer, for the hour, for who loads it, for who fetches. */
export type Waiting = 'viewer' | 'start' | 'ready' | 'stall';
export type Status = 'live' | 'soon' | 'ended' | 'disabled' | 'record';
export type Verdict = 'passed' | 'rejected' | 'expired' | 'void';
export type Phase = 'idle' | 'buffering' | 'ready' | 'blocked' | 'failed' | 'advert';
export type Cause =
  | 'play' | 'pause' | 'seek' | 'skip' | 'back' | 'pick' | 'rate' | 'start' | 'end' | 'again' | 'arrival' | 'ready' | 'stall' | 'failed'
  | 'segment' | 'empty' | 'closed' | 'restore';

export interface Person {
  readonly person: string;
  readonly name: string;
}

export interface By extends Person {
  readonly door: Door;
}

/** Where the film stands: `position(t) = position_ms + rate · (t − at)` while it plays and `t ≥ at`, else `position_ms`. */
export interface Playback {
  readonly item: string | null;
  readonly position_ms: number;
  readonly rate: number;
  readonly playing: boolean;
  readonly at: number;
  readonly waiting: Waiting | null;
}

export interface Media {
  readonly url: string;
  /** The server's own relay of it, where it keeps one. */
  readonly relay_url?: string | null;
  readonly player: PlayerKind;
  readonly provider_id: string | null;
  /** Once known. */
  readonly title: string | null;
  readonly duration_ms: number | null;
  readonly thumbnail: string | null;
  readonly live: boolean;
}

/** A picture of a medium, and whose it is. */
export type Still = Pick<Media, 'thumbnail' | 'player' | 'provider_id'>;

/** A part of a film that may be skipped. */
export interface Segment {
  readonly start_ms: number;
  readonly end_ms: number;
  readonly category: string;
}

/** A track of captions; the server answers it as WebVTT. */
export interface Caption {
  readonly track: number;
  readonly language: string | null;
  readonly label: string | null;
}

export interface Item extends Media {
  readonly id: string;
  readonly added_by: By;
  readonly added_at: number;
  /** Where it begins and ends, if not where the film does. */
  readonly start_ms: number | null;
  readonly end_ms: number | null;
  readonly subtitles: string | null;
  /** The tracks that the server has for it. */
  readonly captions?: readonly Caption[];
  readonly segments: readonly Segment[];
}

export interface Member extends Person {
  readonly role: Role;
}

export interface Here extends Person {
  readonly connection: number;
  readonly door: Door;
  readonly role: Role;
  readonly watches: boolean;
  readonly phase: Phase;
  readonly drift_ms: number | null;
  readonly rtt_ms: number | null;
  readonly since: number;
  /** The room does not wait for it. */
  readonly lagging: boolean;
  readonly hidden: boolean;
}

export interface ChatLine {
  readonly seq: number;
  readonly at: number;
  readonly by: By | null;
  readonly id: string;
  readonly text: string;
  readonly position_ms: number | null;
}

/** What a room is set to; stands at the top level of the room. */
export interface Settings {
  readonly title: string;
  readonly about: string;
  readonly picture: string | null;
  readonly colour: string | null;
  readonly opacity: number;
  readonly visibility: Visibility;
  readonly capacity: number | null;
  readonly queue_mode: QueueMode;
  readonly duplicates: boolean;
  readonly items_per_person: number | null;
  readonly minutes_per_person: number | null;
  /** Whether who may skip only votes for it. */
  readonly vote_skip: boolean;
  /** How many of a hundred voters make a proposal pass. */
  readonly vote_percent: number;
  readonly ready_start: boolean;
  readonly ready_seek: boolean;
  readonly ready_resume: boolean;
  readonly ready_patience_ms: number;
  readonly wait_for: 'none' | 'host' | 'all';
  readonly skip_segments: readonly string[];
  readonly restore: 'always' | 'prompt' | 'never';
  readonly volume: number | null;
  readonly slow_mode_ms: number;
  readonly moderation: boolean;
  readonly profanity_filter: boolean;
  readonly profanity_words: readonly string[];
  readonly voice: boolean;
  readonly stream_url: string | null;
  readonly source_url: string | null;
  readonly record_url: string | null;
  readonly stream_start: number | null;
  readonly stream_end: number | null;
  readonly video_position: string | null;
  readonly expires_after_ms: number | null;
  readonly has_password: boolean;
  /** What each role may do beyond the ones before it; co-hosts and the host may do all. */
  readonly grants: Readonly<Record<'guest' | 'registered' | 'trusted' | 'moderator', readonly string[]>>;
}

/** What can also be put to the vote. */
export type DeedCommand =
  | { readonly do: 'play' | 'pause' | 'skip' | 'back' | 'shuffle' | 'clear' }
  | { readonly do: 'seek'; readonly position_ms: number }
  | { readonly do: 'seek'; readonly by_ms: number }
  | { readonly do: 'seek'; readonly percent: number }
  | { readonly do: 'set_rate'; readonly rate: number }
  | { readonly do: 'remove'; readonly item: string }
  | { readonly do: 'pick'; readonly item: string; readonly keep?: boolean };

export interface Proposal {
  /** The number of the event that proposed it. */
  readonly id: number;
  readonly what: DeedCommand;
  readonly by: By;
  readonly item: string | null;
  /** Unix ms. */
  readonly until: number;
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

export interface Undoable {
  /** The number of the event. */
  readonly seq: number;
  readonly person: string;
}

export interface Penalty extends Person {
  readonly until: number | null;
  readonly reason: string;
}

export interface Room extends Settings {
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
  readonly preset: 'everyone' | 'open' | 'hosts';
  /** The page of `source_url` as it can be framed. */
  readonly embed_url: string | null;
  /** The same of `stream_url`. */
  readonly stream_embed_url: string | null;
  readonly invite: string;
  readonly invite_url: string;
  readonly code: string;
  readonly made_at: number;
  readonly schedule: { readonly status: Status; readonly start: number | null; readonly end: number | null };
  /** How many said that they are coming. */
  readonly coming: number;
  readonly playback: Playback;
  readonly current: Item | null;
  readonly queue: readonly Item[];
  /** Who voted for which queued item. */
  readonly votes: Readonly<Record<string, readonly string[]>>;
  /** The queue of those who were here before, while nobody said what shall become of it. */
  readonly shelf: readonly Item[];
  readonly proposals: readonly Proposal[];
  /** What was on before. */
  readonly before: Item | null;
  readonly undo: readonly Undoable[];
  readonly tally: { readonly lines: number; readonly reactions: number; readonly played: number };
  readonly members: readonly Member[];
  readonly mutes: readonly Penalty[];
  /** Of a crowd the first who came, and who has a lasting role. */
  readonly here: readonly Here[];
  /** How many connections there are beside those. */
  readonly others: number;
  readonly chat: readonly ChatLine[];
}

export interface You extends Person {
  readonly connection: number;
  readonly role: Role;
  /** What you may do, when you came. */
  readonly may?: readonly string[];
}

interface EventBase {
  readonly type: 'event';
  readonly epoch: number;
  readonly seq: number;
  readonly s: number;
  readonly at: number;
  readonly by?: By | null;
  /** The number of the event that it takes back. */
  readonly undoes?: number;
}

export type EventFrame = EventBase &
  (
    | { readonly kind: 'playback'; readonly cause: Cause; readonly playback: Playback; readonly category?: string }
    | { readonly kind: 'played'; readonly item: Item; readonly position_ms: number; readonly since: number }
    | { readonly kind: 'added'; readonly items: readonly Item[]; readonly index: number }
    | { readonly kind: 'removed'; readonly item: string }
    | { readonly kind: 'moved'; readonly item: string; readonly index: number }
    | { readonly kind: 'reordered'; readonly items: readonly string[] }
    | { readonly kind: 'cleared' | 'founded' | 'deleted' }
    | { readonly kind: 'shelved'; readonly kept: boolean; readonly position_ms: number }
    | { readonly kind: 'unshelved'; readonly discarded: boolean }
    | { readonly kind: 'item_changed'; readonly item: Item }
    | { readonly kind: 'voted'; readonly item: string; readonly person: string; readonly up: boolean }
    | { readonly kind: 'proposed'; readonly what: DeedCommand; readonly until: number; readonly item: string | null }
    | { readonly kind: 'balloted'; readonly proposal: number; readonly person: string; readonly yes: boolean }
    | { readonly kind: 'decided'; readonly proposal: number; readonly verdict: Verdict }
    | { readonly kind: 'said'; readonly id: string; readonly text: string; readonly position_ms: number | null }
    | { readonly kind: 'erased'; readonly line: number }
    | { readonly kind: 'reworded'; readonly line: number; readonly text: string }
    | { readonly kind: 'reacted'; readonly emoji: string; readonly position_ms: number | null }
    | ({ readonly kind: 'changed' } & Partial<Settings & Pick<Room, 'embed_url' | 'stream_embed_url'>>)
    | { readonly kind: 'role_changed'; readonly person: string; readonly name: string; readonly role: Role }
    | { readonly kind: 'kicked'; readonly person: string; readonly name: string }
    | { readonly kind: 'banned' | 'muted'; readonly person: string; readonly name: string; readonly until: number | null }
    | { readonly kind: 'unbanned' | 'unmuted' | 'forgotten'; readonly person: string }
    | { readonly kind: 'invite_renewed'; readonly invite: string; readonly code: string }
    | { readonly kind: 'scheduled'; readonly start: number | null; readonly end: number | null }
    | { readonly kind: 'status_changed'; readonly status: Status }
    | { readonly kind: 'coming'; readonly person: string; readonly name: string; readonly coming: boolean }
  );

export type ServerFrame =
  | { readonly type: 'welcome'; readonly protocol: number; readonly s: number; readonly you: You; readonly room: Room }
  | { readonly type: 'snapshot'; readonly s: number; readonly room: Room }
  | EventFrame
  | { readonly type: 'presence'; readonly s: number; readonly here: readonly Here[]; readonly gone: readonly number[]; readonly others: number }
  | { readonly type: 'typing'; readonly by: By }
  /** Who one is from now on, on this connection. */
  | { readonly type: 'you'; readonly s: number; readonly you: You }
  /** What the person who runs the server has to say. */
  | { readonly type: 'announcement'; readonly s: number; readonly text: string }
  | { readonly type: 'pong'; readonly c: number; readonly s: number; readonly epoch: number; readonly seq: number }
  | { readonly type: 'ack'; readonly id: string; readonly seq: number }
  | {
      readonly type: 'refused';
      /** Of the command; none where it ends the socket, or the frame was not understood. */
      readonly id?: string;
      readonly code: string;
      readonly message: string;
      /** The arguments of the sentence, as texts. */
      readonly details?: Readonly<Record<string, string>>;
    }
  | { readonly type: 'reply'; readonly id: string; readonly text: string; readonly refused: boolean }
  | {
      readonly type: 'resumed';
      readonly you: You;
      readonly epoch: number;
      readonly seq: number;
      readonly s: number;
      readonly here: readonly Here[];
      readonly others: number;
    };

/** What a command asks for; `docs/API.md` lists the arguments of each. */
export type Command =
  | DeedCommand
  | { readonly do: 'propose'; readonly what: DeedCommand }
  | { readonly do: 'ballot'; readonly proposal: number; readonly yes: boolean }
  | { readonly do: 'add'; readonly url: string; readonly spot?: 'end' | 'next' | 'now' }
  | { readonly do: 'move'; readonly item: string; readonly index: number }
  | { readonly do: 'vote'; readonly item: string; readonly up: boolean }
  | { readonly do: 'undo'; readonly seq: number }
  | { readonly do: 'restore'; readonly discard: boolean }
  | { readonly do: 'say'; readonly text: string }
  | ({ readonly do: 'change'; readonly password?: string | null } & Partial<Settings>)
  | {
      readonly do: 'edit';
      readonly item: string;
      readonly start_ms?: number | null;
      readonly end_ms?: number | null;
      readonly subtitles?: string | null;
    }
  | { readonly do: 'erase'; readonly line: number }
  | { readonly do: 'reword'; readonly line: number; readonly text: string }
  | { readonly do: 'react'; readonly emoji: string }
  | { readonly do: 'set_role'; readonly person: string; readonly role: Role }
  | { readonly do: 'claim' | 'renew_invite' }
  | { readonly do: 'kick' | 'unban' | 'unmute'; readonly person: string }
  | { readonly do: 'ban'; readonly person: string; readonly for_ms?: number; readonly reason?: string }
  | { readonly do: 'mute'; readonly person: string; readonly for_ms?: number }
  | { readonly do: 'schedule'; readonly start?: number; readonly end?: number }
  | { readonly do: 'set_status'; readonly status: Status }
  | { readonly do: 'come'; readonly coming: boolean };

const DEEDS: readonly string[] = ['play', 'pause', 'seek', 'skip', 'back', 'set_rate', 'pick', 'remove', 'shuffle', 'clear'];

/** Whether a command can also be put to the vote. */
export const isDeed = (command: Command): command is DeedCommand => DEEDS.includes(command.do);

/** How this viewer is doing; sent every second or two while something plays, and when it changes. */
export interface Report {
  readonly item: string | null;
  readonly phase: Phase;
  readonly drift_ms: number | null;
  readonly rtt_ms: number | null;
  /** The room's last event that we know: what was said before it is old. */
  readonly seq: number;
  /** The page lies in the background: nobody waits for it. */
  readonly hidden: boolean;
  readonly duration_ms: number | null;
  readonly ended: boolean;
}

export type ClientFrame =
  | {
      readonly type: 'hello';
      readonly token?: string;
      readonly watches: boolean;
      /** The language of refusals and replies, such as `de`. */
      readonly locale: string;
      readonly resume?: { readonly epoch: number; readonly seq: number };
    }
  | { readonly type: 'ping'; readonly c: number }
  | ({ readonly type: 'command'; readonly id: string } & Command)
  | ({ readonly type: 'report' } & Report)
  | { readonly type: 'typing' }
  | { readonly type: 'locale'; readonly locale: string };

/** Where the film should stand at server time `t`, in ms; never past a known end. */
export function positionAt(playback: Playback, t: number, durationMs: number | null): number {
  const moved = playback.playing && t > playback.at ? playback.rate * (t - playback.at) : 0;
  const position = playback.position_ms + moved;
  return durationMs === null ? position : Math.min(position, durationMs);
}

/** What to call a film: its title, else the last part of its link's path, else the host. */
export function label(media: Pick<Media, 'url' | 'title'> & Partial<Media>): string {
  const known = media.title ?? media.provider_id ?? '';
  if (known !== '') return known;
  const path = media.url.replace(/^[a-z]+:\/\//i, '').split(/[?#]/)[0] ?? media.url;
  const part = path.split('/').filter((one) => one !== '').pop() ?? path;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** How many votes make a proposal pass, by who is seen to watch and who voted from elsewhere; the server counts for itself. */
export function votesNeeded(room: Pick<Room, 'here' | 'others' | 'vote_percent'>, proposal: Proposal): number {
  const watching = room.here.filter((one) => one.watches).map((one) => one.person);
  const voters = new Set([...watching, ...proposal.yes, ...proposal.no]).size + room.others;
  return Math.max(1, Math.ceil((voters * room.vote_percent) / 100));
}
