/** Frames as the server would send them, for tests. */
import type { By, EventFrame, Here, Item, Playback, Room, ServerFrame, Settings } from '../src/protocol';

export const ANA: By = { person: 'ana', name: 'Ana', door: 'viewer' };
export const BEN: By = { person: 'ben', name: 'Ben', door: 'telegram' };

export const playback = (part: Partial<Playback>): Playback => ({
  item: 'i0', position_ms: 0, rate: 1, playing: false, at: 0, waiting: null, ...part,
});

export const item = (id: string, part: Partial<Item> = {}): Item => ({
  id, url: `https://films.example/${id}.mp4`, player: 'video', provider_id: null, title: `Film ${id}`, duration_ms: 60_000,
  thumbnail: null, live: false, added_by: ANA, added_at: 0, start_ms: null, end_ms: null, subtitles: null, segments: [], ...part,
});

export const here = (connection: number, part: Partial<Here> = {}): Here => ({
  connection, person: `p${connection}`, name: `P${connection}`, door: 'viewer', role: 'guest', watches: true, phase: 'ready',
  drift_ms: 4, rtt_ms: 31, since: 0, lagging: false, hidden: false, ...part,
});

export const SETTINGS: Settings = {
  title: 'Friday', about: '', picture: null, colour: null, opacity: 100, visibility: 'invite', capacity: null, queue_mode: 'manual',
  duplicates: true, items_per_person: null, minutes_per_person: null, vote_skip: false, vote_percent: 60, ready_start: true,
  ready_seek: false, ready_resume: false, ready_patience_ms: 1500, wait_for: 'none', skip_segments: [], restore: 'always',
  volume: null, slow_mode_ms: 0, moderation: false, profanity_filter: false, profanity_words: [], voice: false, stream_url: null,
  source_url: null, record_url: null, stream_start: null, stream_end: null, video_position: null, expires_after_ms: null,
  has_password: false, grants: { guest: [], registered: [], trusted: [], moderator: [] },
};

export const room = (part: Partial<Room> = {}): Room => ({
  ...SETTINGS, embed_url: null, stream_embed_url: null, schedule: { status: 'live', start: null, end: null }, coming: 0, votes: {}, shelf: [], proposals: [],
  before: null, undo: [], tally: { lines: 0, reactions: 0, played: 0 }, mutes: [],
  id: 'r', epoch: 3, seq: 42, preset: 'everyone', invite: 'Xy', invite_url: 'https://c.example/j/Xy',
  code: 'K7PQ2M', made_at: 0, playback: playback({}), current: item('i0'), queue: [item('i1'), item('i2'), item('i3')],
  members: [{ person: 'ana', name: 'Ana', role: 'host' }], here: [here(7, { person: 'ana', name: 'Ana', role: 'host' })], others: 0, chat: [], ...part,
});

export const welcome = (part: Partial<Room> = {}): ServerFrame => ({
  type: 'welcome', protocol: 1, s: 1000, you: { connection: 7, person: 'ana', name: 'Ana', role: 'host' }, room: room(part),
});

export type Body = EventFrame extends infer Each ? (Each extends EventFrame ? Omit<Each, 'type' | 'epoch' | 'seq' | 's' | 'at' | 'by'> : never) : never;

export const event = (seq: number, body: Body, epoch = 3): EventFrame =>
  ({ type: 'event', epoch, seq, s: 2000, at: 1999, by: BEN, ...body });
