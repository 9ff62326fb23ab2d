/**
 * What each kind of event makes of the room: the same as the server's `evolve`, so that the state stays the one of the next
 * snapshot. Pure; a kind that is not known changes nothing.
 */
import type { ChatLine, EventFrame, Item, Member, Penalty, Playback, Proposal, Role, Room } from './protocol';

/** A room as the page keeps it; its place in the story stands beside it. */
export type KnownRoom = Omit<Room, 'seq' | 'epoch'>;

type Votes = Room['votes'];
type Of<K extends EventFrame['kind']> = Extract<EventFrame, { kind: K }>;

const CHAT_KEPT = 300;
/** As many as the server keeps. */
const UNDO_KEPT = 20;
/** What the server calls somebody who wants to be forgotten. */
const SOMEBODY = 'Somebody';

const without = (queue: readonly Item[], id: string): readonly Item[] => queue.filter((item) => item.id !== id);

const insert = <T>(list: readonly T[], index: number, values: readonly T[]): readonly T[] => {
  const place = Math.min(Math.max(0, index), list.length);
  return [...list.slice(0, place), ...values, ...list.slice(place)];
};

const unvoted = (votes: Votes, item: string): Votes =>
  item in votes ? Object.fromEntries(Object.entries(votes).filter(([id]) => id !== item)) : votes;

/** Takes an item out of the queue, and the votes for it. */
const take = (room: KnownRoom, item: string): KnownRoom =>
  ({ ...room, queue: without(room.queue, item), votes: unvoted(room.votes, item) });

function withPlayback(room: KnownRoom, { playback, cause }: Of<'playback'>): KnownRoom {
  // What one went back to is not to be gone back to again; what was before that, only the server knows.
  const before = cause === 'back' && room.before !== null && room.before.id === playback.item ? null : room.before;
  if (playback.item === (room.current?.id ?? null)) return { ...room, playback, before };
  if (playback.item === null) return { ...room, playback, before, current: null };
  const current = room.queue.find((item) => item.id === playback.item) ?? null;
  return { ...take(room, playback.item), playback, before, current };
}

function reordered(queue: readonly Item[], order: readonly string[]): readonly Item[] {
  const place = new Map(order.map((id, index) => [id, index]));
  const of = (item: Item): number => place.get(item.id) ?? order.length;
  return [...queue].sort((one, other) => of(one) - of(other));
}

function shelved(room: KnownRoom, { kept, position_ms }: Of<'shelved'>): KnownRoom {
  const first = room.current === null ? [] : [{ ...room.current, start_ms: position_ms }];
  const nothing: Playback = { item: null, position_ms: 0, rate: 1, playing: false, at: room.playback.at, waiting: null };
  return { ...room, shelf: kept ? [...first, ...room.queue] : [], queue: [], votes: {}, current: null, playback: nothing };
}

function voted(votes: Votes, { item, person, up }: Of<'voted'>): Votes {
  const others = (votes[item] ?? []).filter((one) => one !== person);
  const people = up ? [...others, person] : others;
  return people.length === 0 ? unvoted(votes, item) : { ...votes, [item]: people };
}

function balloted(proposal: Proposal, { person, yes }: Of<'balloted'>): Proposal {
  const others = (side: readonly string[]): readonly string[] => side.filter((one) => one !== person);
  const [ayes, noes] = [others(proposal.yes), others(proposal.no)];
  return { ...proposal, yes: yes ? [...ayes, person] : ayes, no: yes ? noes : [...noes, person] };
}

/** Settings stand at the top level of the room; what else the frame has, the room has not. */
function changed(room: KnownRoom, event: Of<'changed'>): KnownRoom {
  return { ...room, ...Object.fromEntries(Object.entries(event).filter(([name]) => Object.hasOwn(room, name))) };
}

function withRole(room: KnownRoom, person: string, name: string, role: Role): KnownRoom {
  const others = room.members.filter((member) => member.person !== person);
  const members: readonly Member[] = role === 'guest' ? others : [...others, { person, name, role }];
  const here = room.here.map((one) => (one.person === person ? { ...one, role } : one));
  return { ...room, members, here };
}

function penalised(list: readonly Penalty[], { person, name, until }: Of<'banned' | 'muted'>): readonly Penalty[] {
  return [...list.filter((one) => one.person !== person), { person, name, until, reason: '' }];
}

function forgotten(room: KnownRoom, person: string): KnownRoom {
  const name = <T extends { readonly person: string; readonly name: string }>(one: T): T =>
    (one.person === person ? { ...one, name: SOMEBODY } : one);
  const item = (one: Item): Item => ({ ...one, added_by: name(one.added_by) });
  return {
    ...room,
    current: room.current === null ? null : item(room.current),
    before: room.before === null ? null : item(room.before),
    queue: room.queue.map(item),
    shelf: room.shelf.map(item),
    // Nobody comes back as them: a room of theirs has no host.
    members: room.members.filter((one) => one.person !== person),
    mutes: room.mutes.map(name),
    proposals: room.proposals.map((one) => ({ ...one, by: name(one.by) })),
    chat: room.chat.filter((line) => line.by?.person !== person),
    undo: [],
  };
}

const isHere = (room: KnownRoom, item: string): boolean =>
  room.current?.id === item || room.queue.some((one) => one.id === item);

/** Whether the server keeps how an event is taken back. */
function canBeTakenBack(room: KnownRoom, event: EventFrame): boolean {
  switch (event.kind) {
    case 'playback': {
      if (event.cause === 'seek') return event.playback.item !== null;
      return ['skip', 'pick', 'back'].includes(event.cause) && room.current !== null;
    }
    case 'removed':
    case 'moved': return room.queue.some((item) => item.id === event.item);
    case 'item_changed': return isHere(room, event.item.id);
    default: return event.kind === 'added' || event.kind === 'cleared' || event.kind === 'reordered';
  }
}

function undoOf(room: KnownRoom, event: EventFrame): KnownRoom['undo'] {
  if (event.undoes !== undefined) return room.undo.filter((one) => one.seq !== event.undoes);
  if (event.by == null || !canBeTakenBack(room, event)) return room.undo;
  return [...room.undo, { seq: event.seq, person: event.by.person }].slice(-UNDO_KEPT);
}

/** The room after an event that is next in line. */
export function happened(before: KnownRoom, event: EventFrame): KnownRoom {
  const undo = undoOf(before, event);
  const room = undo === before.undo ? before : { ...before, undo };
  switch (event.kind) {
    case 'playback': return withPlayback(room, event);
    case 'played': return { ...room, before: event.item, tally: { ...room.tally, played: room.tally.played + 1 } };
    case 'added': return { ...room, queue: insert(room.queue, event.index, event.items) };
    case 'removed': return take(room, event.item);
    case 'moved': {
      const moved = room.queue.find((item) => item.id === event.item);
      return moved === undefined ? room : { ...room, queue: insert(without(room.queue, event.item), event.index, [moved]) };
    }
    case 'reordered': return { ...room, queue: reordered(room.queue, event.items) };
    case 'cleared': return { ...room, queue: [], votes: {} };
    case 'shelved': return shelved(room, event);
    case 'unshelved': return { ...room, shelf: [], queue: event.discarded ? room.queue : [...room.queue, ...room.shelf] };
    case 'item_changed': {
      if (room.current?.id === event.item.id) return { ...room, current: event.item };
      return { ...room, queue: room.queue.map((item) => (item.id === event.item.id ? event.item : item)) };
    }
    case 'voted': return { ...room, votes: voted(room.votes, event) };
    case 'proposed': {
      if (event.by == null) return room;
      const { seq: id, what, by, item, until } = event;
      return { ...room, proposals: [...room.proposals, { id, what, by, item, until, yes: [by.person], no: [] }] };
    }
    case 'balloted': {
      return { ...room, proposals: room.proposals.map((one) => (one.id === event.proposal ? balloted(one, event) : one)) };
    }
    case 'decided': return { ...room, proposals: room.proposals.filter((one) => one.id !== event.proposal) };
    case 'said': {
      const { seq, id, text, position_ms } = event;
      const line: ChatLine = { seq, at: event.at, by: event.by ?? null, id, text, position_ms };
      return { ...room, chat: [...room.chat, line].slice(-CHAT_KEPT), tally: { ...room.tally, lines: room.tally.lines + 1 } };
    }
    case 'erased': return { ...room, chat: room.chat.filter((line) => line.seq !== event.line) };
    case 'reworded': return { ...room, chat: room.chat.map((line) => (line.seq === event.line ? { ...line, text: event.text } : line)) };
    case 'reacted': return { ...room, tally: { ...room.tally, reactions: room.tally.reactions + 1 } };
    case 'changed': return changed(room, event);
    case 'role_changed': return withRole(room, event.person, event.name, event.role);
    case 'banned': return { ...room, members: room.members.filter((member) => member.person !== event.person) };
    case 'muted': return { ...room, mutes: penalised(room.mutes, event) };
    case 'unmuted': return { ...room, mutes: room.mutes.filter((one) => one.person !== event.person) };
    case 'invite_renewed': {
      const invite_url = room.invite_url.replace(/[^/]*$/, event.invite);
      return { ...room, invite: event.invite, code: event.code, invite_url };
    }
    case 'scheduled': return { ...room, schedule: { ...room.schedule, start: event.start, end: event.end } };
    case 'status_changed': return { ...room, schedule: { ...room.schedule, status: event.status } };
    case 'coming': return { ...room, coming: Math.max(0, room.coming + (event.coming ? 1 : -1)) };
    case 'forgotten': return forgotten(room, event.person);
    default: return room;
  }
}
