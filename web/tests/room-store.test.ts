import { describe, expect, it, vi } from 'vitest';
import { RoomStore } from '../src/room-store';
import { ANA, event, here, item, playback, room, welcome } from './frames';

const open = (): RoomStore => {
  const store = new RoomStore();
  store.take(welcome());
  return store;
};

const ids = (store: RoomStore) => store.state.room?.queue.map((one) => one.id).join(' ');

describe('what is known of a room', () => {
  it('is nothing before the welcome: an event says nothing then', () => {
    const store = new RoomStore();
    expect(store.take(event(1, { kind: 'cleared' }))).toBe('stale');
    expect(store.state.room).toBeNull();
  });

  it('changes only by frames, and each state is frozen', () => {
    const store = open();
    expect(Object.isFrozen(store.state)).toBe(true);
    const before = store.state;
    store.take(event(43, { kind: 'changed', title: 'Saturday' }));
    expect(before.room?.title).toBe('Friday');
    expect(store.state.room?.title).toBe('Saturday');
    expect(store.state.seq).toBe(43);
  });

  it('says that one was lost, and takes nothing out of order', () => {
    const store = open();
    expect(store.take(event(44, { kind: 'cleared' }))).toBe('gap');
    expect(store.take(event(42, { kind: 'cleared' }))).toBe('stale');
    expect(store.take(event(43, { kind: 'cleared' }, 4))).toBe('gap');
    expect(ids(store)).toBe('i1 i2 i3');
  });

  it('puts the picked film on and takes it out of the queue', () => {
    const store = open();
    store.take(event(43, { kind: 'playback', cause: 'pick', playback: playback({ item: 'i2', playing: true }) }));
    expect(store.state.room?.current?.id).toBe('i2');
    expect(ids(store)).toBe('i1 i3');
    store.take(event(44, { kind: 'playback', cause: 'end', playback: playback({ item: null }) }));
    expect(store.state.room?.current).toBeNull();
  });

  it('keeps the queue as the server orders it', () => {
    const store = open();
    store.take(event(43, { kind: 'added', items: [item('i9')], index: 1 }));
    expect(ids(store)).toBe('i1 i9 i2 i3');
    store.take(event(44, { kind: 'moved', item: 'i1', index: 3 }));
    expect(ids(store)).toBe('i9 i2 i3 i1');
    store.take(event(45, { kind: 'removed', item: 'i2' }));
    expect(ids(store)).toBe('i9 i3 i1');
    store.take(event(46, { kind: 'item_changed', item: item('i3', { title: 'Known now' }) }));
    expect(store.state.room?.queue[1]?.title).toBe('Known now');
    store.take(event(47, { kind: 'cleared' }));
    expect(ids(store)).toBe('');
  });

  it('tells who did what, and where the film stood', () => {
    const store = open();
    store.take(event(43, { kind: 'playback', cause: 'seek', playback: playback({ position_ms: 90_000 }) }));
    store.take(event(44, { kind: 'removed', item: 'i1' }));
    expect(store.state.deeds.map((deed) => [deed.by?.name, deed.what, deed.position_ms])).toEqual([
      ['Ben', { kind: 'playback', cause: 'seek', rate: 1, title: 'Film i0', before: null }, 90_000],
      ['Ben', { kind: 'removed', title: 'Film i1' }, null],
    ]);
  });

  it('knows who is here by connection, and hears of a new role', () => {
    const store = open();
    store.take({ type: 'presence', s: 1, here: [here(9), here(7, { person: 'ana', drift_ms: 60 })], gone: [], others: 0 });
    expect(store.state.room?.here.map((one) => [one.connection, one.drift_ms])).toEqual([[7, 60], [9, 4]]);
    store.take({ type: 'presence', s: 1, here: [], gone: [9], others: 0 });
    expect(store.state.room?.here).toHaveLength(1);
    store.take(event(43, { kind: 'role_changed', person: 'ana', name: 'Ana', role: 'cohost' }));
    expect(store.state.you?.role).toBe('cohost');
    expect(store.state.room?.here[0]?.role).toBe('cohost');
  });

  it('keeps what was said with who said it', () => {
    const store = open();
    store.take(event(43, { kind: 'said', id: 'm1', text: 'hello', position_ms: 1200 }));
    expect(store.state.room?.chat).toEqual([{ seq: 43, at: 1999, by: { person: 'ben', name: 'Ben', door: 'telegram' }, id: 'm1', text: 'hello', position_ms: 1200 }]);
  });

  it('takes a snapshot in place of all it knew, and keeps who you are', () => {
    const store = open();
    store.take({ type: 'snapshot', s: 1, room: room({ epoch: 9, seq: 2, title: 'Anew' }) });
    expect([store.state.epoch, store.state.seq, store.state.room?.title, store.state.you?.name]).toEqual([9, 2, 'Anew', 'Ana']);
  });

  it('is whole again after a resume, or says that it is not', () => {
    const store = open();
    const you = { connection: 11, person: ANA.person, name: ANA.name, role: 'host' } as const;
    expect(store.take({ type: 'resumed', you, epoch: 3, seq: 42, s: 1, here: [here(11)], others: 0 })).toBe('taken');
    expect(store.state.you?.connection).toBe(11);
    expect(store.take({ type: 'resumed', you, epoch: 3, seq: 50, s: 1, here: [], others: 0 })).toBe('gap');
  });

  it('counts an event of an unknown kind', () => {
    const store = open();
    const seen = vi.fn();
    store.listen(seen);
    expect(store.take(event(43, { kind: 'danced' } as never))).toBe('taken');
    expect(store.state.seq).toBe(43);
    expect(seen).toHaveBeenCalledOnce();
  });
});
