import { describe, expect, it } from 'vitest';
import type { EventFrame } from '../src/protocol';
import { deedsOf } from '../src/room-deeds';
import { kindOf, opposite } from '../src/ui/activity/kinds';
import { BEN, event, item, playback } from './frames';

describe('deeds of long ago', () => {
  const events: readonly EventFrame[] = [
    event(1, { kind: 'added', items: [item('a'), item('b')], index: 0 }),
    event(2, { kind: 'playback', cause: 'start', playback: playback({ item: 'a' }) }),
    event(3, { kind: 'playback', cause: 'skip', playback: playback({ item: 'b' }) }),
    event(4, { kind: 'removed', item: 'c' }),
    event(5, { kind: 'banned', person: 'eve', name: 'Eve', until: null }),
    event(6, { kind: 'unbanned', person: 'eve' }),
    event(7, { kind: 'proposed', what: { do: 'skip' }, until: 0, item: null }),
    event(8, { kind: 'decided', proposal: 7, verdict: 'passed' }),
    event(9, { kind: 'decided', proposal: 3, verdict: 'passed' }),
  ];

  it('are named by what earlier ones and the room now say', () => {
    const deeds = deedsOf(events, [item('c')]);
    expect(deeds.map((deed) => deed.what)).toEqual([
      { kind: 'added', item: 'a', title: 'Film a', count: 2 },
      { kind: 'playback', cause: 'start', rate: 1, title: 'Film a', before: null },
      { kind: 'playback', cause: 'skip', rate: 1, title: 'Film b', before: 'Film a' },
      { kind: 'removed', title: 'Film c' },
      { kind: 'banned', name: 'Eve' },
      { kind: 'unbanned', name: 'Eve' },
      { kind: 'proposed', what: { do: 'skip' } },
      // Of a proposal that nobody knows any more nothing is told.
      { kind: 'decided', what: { do: 'skip' }, verdict: 'passed' },
    ]);
    expect(deeds[0]?.by).toEqual(BEN);
  });

  it('are sorted into kinds, and taken back by who may do the opposite', () => {
    const [added, started, skipped, removed, banned] = deedsOf(events, []);
    expect([added, started, removed, banned].map((deed) => deed && kindOf(deed))).toEqual(['queue', 'film', 'queue', 'people']);
    expect([added, skipped, removed, banned].map((deed) => deed && opposite(deed))).toEqual(['remove', 'skip', 'order', null]);
  });
});
