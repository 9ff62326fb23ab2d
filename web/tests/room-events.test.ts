import { describe, expect, it } from 'vitest';
import { decode } from '../src/decode';
import { votesNeeded, type EventFrame, type Room } from '../src/protocol';
import { RoomStore } from '../src/room-store';
import { tell } from '../src/ui/deeds';
import { BEN, event, here, item, playback, room, welcome, type Body } from './frames';

type Kind = EventFrame['kind'];

/** A room in which there is something to change of everything. */
const FULL: Partial<Room> = {
  votes: { i1: ['ana'] },
  shelf: [item('s1')],
  proposals: [{ id: 40, what: { do: 'skip' }, by: BEN, item: 'i0', until: 9000, yes: ['ben'], no: [] }],
  before: item('b0'),
  mutes: [{ person: 'eve', name: 'Eve', until: null, reason: '' }],
  chat: [{ seq: 12, at: 1, by: BEN, id: 'm1', text: 'hello', position_ms: null }],
  coming: 2,
};

const ids = (items: readonly { readonly id: string }[]): string => items.map((one) => one.id).join(' ');

/** Each kind: what is sent, and what of the room is another thing then. */
const KINDS: { readonly [K in Kind]: readonly [Body & { kind: K }, (room: Room) => unknown, unknown] } = {
  founded: [{ kind: 'founded' }, (r) => r.title, 'Friday'],
  deleted: [{ kind: 'deleted' }, (r) => r.title, 'Friday'],
  changed: [{ kind: 'changed', title: 'Saturday', queue_mode: 'vote', has_password: true },
    (r) => [r.title, r.queue_mode, r.has_password, r.visibility], ['Saturday', 'vote', true, 'invite']],
  role_changed: [{ kind: 'role_changed', person: 'ana', name: 'Ana', role: 'guest' }, (r) => [r.members, r.here[0]?.role], [[], 'guest']],
  playback: [{ kind: 'playback', cause: 'pick', playback: playback({ item: 'i1' }) },
    (r) => [r.current?.id, ids(r.queue), r.votes], ['i1', 'i2 i3', {}]],
  played: [{ kind: 'played', item: item('i0'), position_ms: 5, since: 0 }, (r) => [r.before?.id, r.tally.played], ['i0', 1]],
  added: [{ kind: 'added', items: [item('n1'), item('n2')], index: 1 }, (r) => ids(r.queue), 'i1 n1 n2 i2 i3'],
  removed: [{ kind: 'removed', item: 'i1' }, (r) => [ids(r.queue), r.votes], ['i2 i3', {}]],
  moved: [{ kind: 'moved', item: 'i1', index: 2 }, (r) => [ids(r.queue), r.votes], ['i2 i3 i1', { i1: ['ana'] }]],
  reordered: [{ kind: 'reordered', items: ['i3', 'i1', 'i2'] }, (r) => ids(r.queue), 'i3 i1 i2'],
  cleared: [{ kind: 'cleared' }, (r) => [r.queue, r.votes, r.current?.id], [[], {}, 'i0']],
  shelved: [{ kind: 'shelved', kept: true, position_ms: 700 },
    (r) => [ids(r.shelf), r.shelf[0]?.start_ms, r.queue, r.current, r.playback.item], ['i0 i1 i2 i3', 700, [], null, null]],
  unshelved: [{ kind: 'unshelved', discarded: false }, (r) => [ids(r.queue), r.shelf], ['i1 i2 i3 s1', []]],
  item_changed: [{ kind: 'item_changed', item: item('i0', { title: 'Known' }) }, (r) => r.current?.title, 'Known'],
  voted: [{ kind: 'voted', item: 'i1', person: 'ben', up: true }, (r) => r.votes, { i1: ['ana', 'ben'] }],
  proposed: [{ kind: 'proposed', what: { do: 'pause' }, until: 7000, item: 'i0' },
    (r) => r.proposals[1], { id: 43, what: { do: 'pause' }, by: BEN, item: 'i0', until: 7000, yes: ['ben'], no: [] }],
  balloted: [{ kind: 'balloted', proposal: 40, person: 'ben', yes: false }, (r) => [r.proposals[0]?.yes, r.proposals[0]?.no], [[], ['ben']]],
  decided: [{ kind: 'decided', proposal: 40, verdict: 'passed' }, (r) => r.proposals, []],
  said: [{ kind: 'said', id: 'm2', text: 'hi', position_ms: null }, (r) => [r.chat.length, r.tally.lines], [2, 1]],
  erased: [{ kind: 'erased', line: 12 }, (r) => r.chat, []],
  reworded: [{ kind: 'reworded', line: 12, text: 'hello all' }, (r) => r.chat.map((line) => [line.id, line.text]), [['m1', 'hello all']]],
  reacted: [{ kind: 'reacted', emoji: '🍿', position_ms: 3 }, (r) => r.tally.reactions, 1],
  kicked: [{ kind: 'kicked', person: 'ana', name: 'Ana' }, (r) => r.members.length, 1],
  banned: [{ kind: 'banned', person: 'ana', name: 'Ana', until: null }, (r) => r.members, []],
  unbanned: [{ kind: 'unbanned', person: 'eve' }, (r) => r.members.length, 1],
  muted: [{ kind: 'muted', person: 'ana', name: 'Ana', until: 5 }, (r) => r.mutes.map((one) => [one.name, one.until]), [['Eve', null], ['Ana', 5]]],
  unmuted: [{ kind: 'unmuted', person: 'eve' }, (r) => r.mutes, []],
  invite_renewed: [{ kind: 'invite_renewed', invite: 'New', code: 'NEWONE' },
    (r) => [r.invite, r.code, r.invite_url], ['New', 'NEWONE', 'https://c.example/j/New']],
  scheduled: [{ kind: 'scheduled', start: 5, end: null }, (r) => r.schedule, { status: 'live', start: 5, end: null }],
  status_changed: [{ kind: 'status_changed', status: 'soon' }, (r) => r.schedule.status, 'soon'],
  coming: [{ kind: 'coming', person: 'eve', name: 'Eve', coming: true }, (r) => r.coming, 3],
  forgotten: [{ kind: 'forgotten', person: 'ben' }, (r) => [r.chat, r.proposals[0]?.by.name], [[], 'Somebody']],
};

const open = (part: Partial<Room> = FULL): RoomStore => {
  const store = new RoomStore();
  store.take(welcome(part));
  return store;
};
const known = (store: RoomStore): Room => store.state.room as Room;

describe('each kind of event', () => {
  it.each(Object.entries(KINDS))('%s', (_kind, [body, look, expected]) => {
    const store = open();
    const frame = decode(JSON.stringify(event(43, body)));
    if (frame === null) throw new Error('the frame was not read');
    expect(store.take(frame)).toBe('taken');
    expect(look(known(store))).toEqual(expected);
    // Whatever it is, somebody can read of it, or it is none to be read of.
    for (const deed of store.state.deeds) expect(tell(deed)?.text).not.toMatch(/[{}]|undefined|^[a-z_]+\.[a-z_.]+$/);
  });

  it('that forgets the host leaves a room without one', () => {
    const store = open();
    expect(known(store).members.map((one) => one.role)).toEqual(['host']);
    store.take(event(43, { kind: 'forgotten', person: 'ana' }));
    expect(known(store).members).toEqual([]);
  });

  it('that is not known changes nothing but the number', () => {
    const store = open();
    const before = known(store);
    store.take(event(43, { kind: 'danced', queue: [] } as never));
    expect(known(store)).toBe(before);
    expect(store.state.seq).toBe(43);
  });

  it('that sets what no room has leaves it', () => {
    const store = open();
    store.take(event(43, { kind: 'changed', title: 'Sunday', wallpaper: 'blue' } as never));
    expect(known(store).title).toBe('Sunday');
    expect('wallpaper' in known(store)).toBe(false);
  });
});

describe('what can be taken back', () => {
  const undone = (store: RoomStore): string => known(store).undo.map((one) => `${one.seq} ${one.person}`).join(', ');

  it('is what people did to queue and position, and is gone when it was', () => {
    const store = open();
    store.take(event(43, { kind: 'removed', item: 'i2' }));
    store.take(event(44, { kind: 'playback', cause: 'seek', playback: playback({ position_ms: 9 }) }));
    store.take(event(45, { kind: 'playback', cause: 'pause', playback: playback({ position_ms: 9 }) }));
    store.take({ ...event(46, { kind: 'moved', item: 'i1', index: 1 }), by: null });
    store.take(event(47, { kind: 'removed', item: 'gone' }));
    expect(undone(store)).toBe('43 ben, 44 ben');
    store.take({ ...event(48, { kind: 'playback', cause: 'seek', playback: playback({}) }), undoes: 44 });
    expect(undone(store)).toBe('43 ben');
    expect(store.state.deeds.slice(-1).map((deed) => tell(deed)?.text)).toEqual(['went to 0:00 (undo)']);
  });

  it('is going back to the film before, as the server keeps it too', () => {
    const store = open();
    store.take(event(43, { kind: 'playback', cause: 'back', playback: playback({ item: 'i1' }) }));
    expect(undone(store)).toBe('43 ben');
  });

  it('is the last twenty', () => {
    const store = open();
    for (let seq = 43; seq < 70; seq += 1) store.take(event(seq, { kind: 'moved', item: 'i1', index: 1 }));
    expect(known(store).undo).toHaveLength(20);
  });
});

describe('going back', () => {
  it('puts on what came to the front of the queue, and forgets it as the one before', () => {
    const store = open();
    store.take(event(43, { kind: 'added', items: [item('b0'), item('i0')], index: 0 }));
    store.take(event(44, { kind: 'playback', cause: 'back', playback: playback({ item: 'b0' }) }));
    expect([known(store).current?.id, ids(known(store).queue), known(store).before]).toEqual(['b0', 'i0 i1 i2 i3', null]);
  });
});

describe('votes that are needed', () => {
  it('are counted of people who watch, once each, and one at least', () => {
    const proposal = { id: 40, what: { do: 'skip' }, by: BEN, item: 'i0', until: 9000, yes: ['ben'], no: [] } as const;
    const crowd = [here(1), here(2, { person: 'p1' }), here(4, { watches: false })];
    expect(votesNeeded(room({ here: crowd }), proposal)).toBe(2);
    expect(votesNeeded(room({ here: [], vote_percent: 1 }), proposal)).toBe(1);
    expect(votesNeeded(room({ here: [], others: 300, vote_percent: 50 }), proposal)).toBeGreaterThan(149);
  });
});
