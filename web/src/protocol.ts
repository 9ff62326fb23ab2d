/**
 * The native API's socket frames, as docs/API.md writes them, and the door they come in by: `decode`.
 *
 * Positions and lengths are milliseconds (`_ms`); `s` and a playback's `at` are milliseconds on the server's playback clock;
 * a deed's `at` is Unix milliseconds.
 */

export type PlayerKind = 'video' | 'audio' | 'hls' | 'dash' | 'youtube' | 'vimeo' | 'twitch' | 'dailymotion';
export type Door = 'viewer' | 'api' | 'discord' | 'telegram' | 'room';
export type Role = 'guest' | 'moderator' | 'cohost' | 'host';
export type Visibility = 'public' | 'unlisted' | 'invite';
export type Phase = 'idle' | 'buffering' | 'ready' | 'blocked' | 'failed';
export type Cause =
  | 'play' | 'pause' | 'seek' | 'skip' | 'pick' | 'start' | 'end' | 'arrival' | 'empty' | 'restore';

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
  readonly waiting: boolean;
}

export interface Media {
  readonly url: string;
  readonly player: PlayerKind;
  readonly provider_id: string | null;
  /** Once known. */
  readonly title: string | null;
  readonly duration_ms: number | null;
  readonly thumbnail: string | null;
  readonly live: boolean;
}

export interface Item extends Media {
  readonly id: string;
  readonly added_by: By | null;
  readonly added_at: number;
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
}

export interface ChatLine {
  readonly seq: number;
  readonly at: number;
  readonly by: By | null;
  readonly id: string;
  readonly text: string;
  readonly position_ms: number | null;
}

export interface Room {
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
  readonly title: string;
  readonly visibility: Visibility;
  readonly preset: 'everyone' | 'hosts';
  readonly invite: string | null;
  readonly invite_url: string | null;
  readonly code: string | null;
  readonly made_at: number;
  readonly playback: Playback;
  readonly current: Item | null;
  readonly queue: readonly Item[];
  readonly members: readonly Member[];
  readonly here: readonly Here[];
  readonly chat: readonly ChatLine[];
}

export interface You extends Person {
  readonly connection: number;
  readonly role: Role;
}

interface EventBase {
  readonly type: 'event';
  readonly epoch: number;
  readonly seq: number;
  readonly s: number;
  readonly at: number;
  readonly by?: By | null;
}

export type EventFrame = EventBase &
  (
    | { readonly kind: 'playback'; readonly cause: Cause; readonly playback: Playback }
    | { readonly kind: 'added'; readonly item: Item; readonly index: number }
    | { readonly kind: 'removed'; readonly item: string }
    | { readonly kind: 'moved'; readonly item: string; readonly index: number }
    | { readonly kind: 'cleared' }
    | { readonly kind: 'described'; readonly item: string; readonly media: Media }
    | { readonly kind: 'said'; readonly id: string; readonly text: string; readonly position_ms: number | null }
    | { readonly kind: 'renamed'; readonly title: string }
    | { readonly kind: 'visibility_changed'; readonly visibility: Visibility }
    | { readonly kind: 'role_changed'; readonly person: string; readonly name: string; readonly role: Role }
    | { readonly kind: 'founded' }
  );

export type ServerFrame =
  | { readonly type: 'welcome'; readonly protocol: number; readonly s: number; readonly you: You; readonly room: Room }
  | { readonly type: 'snapshot'; readonly s: number; readonly room: Room }
  | EventFrame
  | { readonly type: 'presence'; readonly s: number; readonly here: readonly Here[]; readonly gone: readonly number[] }
  | { readonly type: 'typing'; readonly by: By }
  | { readonly type: 'pong'; readonly c: number; readonly s: number; readonly epoch: number; readonly seq: number }
  | { readonly type: 'ack'; readonly id: string; readonly seq: number }
  | { readonly type: 'refused'; readonly id: string; readonly code: string; readonly message: string }
  | { readonly type: 'reply'; readonly id: string; readonly text: string; readonly refused: boolean }
  | {
      readonly type: 'resumed';
      readonly you: You;
      readonly epoch: number;
      readonly seq: number;
      readonly s: number;
      readonly here: readonly Here[];
    };

/** What a command asks for; `docs/API.md` lists the arguments of each. */
export type Command =
  | { readonly do: 'play' | 'pause' | 'skip' | 'clear' }
  | { readonly do: 'seek'; readonly position_ms: number }
  | { readonly do: 'seek'; readonly by_ms: number }
  | { readonly do: 'add'; readonly url: string; readonly spot?: 'end' | 'next' | 'now' }
  | { readonly do: 'remove' | 'pick'; readonly item: string }
  | { readonly do: 'move'; readonly item: string; readonly index: number }
  | { readonly do: 'say'; readonly text: string }
  | { readonly do: 'rename'; readonly title: string }
  | { readonly do: 'set_visibility'; readonly visibility: Visibility }
  | { readonly do: 'set_role'; readonly person: string; readonly role: Role };

/** How this viewer is doing; sent every second or two while something plays, and when it changes. */
export interface Report {
  readonly item: string;
  readonly phase: Phase;
  readonly drift_ms: number | null;
  readonly rtt_ms: number | null;
  readonly duration_ms: number | null;
  readonly ended: boolean;
}

export type ClientFrame =
  | {
      readonly type: 'hello';
      readonly token?: string;
      readonly watches: boolean;
      readonly resume?: { readonly epoch: number; readonly seq: number };
    }
  | { readonly type: 'ping'; readonly c: number }
  | ({ readonly type: 'command'; readonly id: string } & Command)
  | ({ readonly type: 'report' } & Report)
  | { readonly type: 'typing' };

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

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const numbers = (frame: Json, ...names: string[]): boolean => names.every((name) => typeof frame[name] === 'number');
const texts = (frame: Json, ...names: string[]): boolean => names.every((name) => typeof frame[name] === 'string');

const isPlayback = (value: unknown): boolean =>
  isObject(value) && numbers(value, 'position_ms', 'rate', 'at') && typeof value['playing'] === 'boolean';

const isMedia = (value: unknown): boolean => isObject(value) && texts(value, 'url', 'player');

const isItem = (value: unknown): boolean => isMedia(value) && texts(value as Json, 'id');

const isYou = (value: unknown): boolean => isObject(value) && numbers(value, 'connection') && texts(value, 'person', 'name');

const isRoom = (value: unknown): boolean =>
  isObject(value) &&
  texts(value, 'id', 'title') &&
  numbers(value, 'epoch', 'seq') &&
  isPlayback(value['playback']) &&
  (['queue', 'members', 'here', 'chat'] as const).every((name) => Array.isArray(value[name]));

function isEvent(frame: Json): boolean {
  if (!numbers(frame, 'epoch', 'seq', 's', 'at')) return false;
  switch (frame['kind']) {
    case 'playback': return isPlayback(frame['playback']) && texts(frame, 'cause');
    case 'added': return isItem(frame['item']) && numbers(frame, 'index');
    case 'removed': return texts(frame, 'item');
    case 'moved': return texts(frame, 'item') && numbers(frame, 'index');
    case 'described': return texts(frame, 'item') && isMedia(frame['media']);
    case 'said': return texts(frame, 'id', 'text');
    case 'renamed': return texts(frame, 'title');
    case 'visibility_changed': return texts(frame, 'visibility');
    case 'role_changed': return texts(frame, 'person', 'role');
    // A kind that a newer server has is an event all the same: its number counts.
    default: return typeof frame['kind'] === 'string';
  }
}

const shapes: Record<string, (frame: Json) => boolean> = {
  welcome: (frame) => numbers(frame, 's') && isYou(frame['you']) && isRoom(frame['room']),
  snapshot: (frame) => numbers(frame, 's') && isRoom(frame['room']),
  event: isEvent,
  presence: (frame) => Array.isArray(frame['here']) && Array.isArray(frame['gone']),
  typing: (frame) => isObject(frame['by']),
  pong: (frame) => numbers(frame, 'c', 's', 'epoch', 'seq'),
  ack: (frame) => texts(frame, 'id'),
  refused: (frame) => texts(frame, 'id', 'code', 'message'),
  reply: (frame) => texts(frame, 'id', 'text'),
  resumed: (frame) => numbers(frame, 'epoch', 'seq') && isYou(frame['you']) && Array.isArray(frame['here']),
};

/** Reads one text frame; `null` where it is none of ours, so that a newer server may say more than we know. */
export function decode(text: string): ServerFrame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(frame) || typeof frame['type'] !== 'string') return null;
  const shape = Object.hasOwn(shapes, frame['type']) ? shapes[frame['type']] : undefined;
  return shape?.(frame) === true ? (frame as unknown as ServerFrame) : null;
}
