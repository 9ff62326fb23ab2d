import { describe, expect, it } from 'vitest';
import type { EventFrame } from '../src/protocol';
import { deedsOf, type Deed } from '../src/room-deeds';
import { kindOf, opposite } from '../src/ui/activity/kinds';
import { tell } from '../src/ui/deeds';
import { LANGUAGES, speak } from '../src/words';
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

describe('what deeds read like', () => {
  const film = { kind: 'playback', rate: 1, title: 'Spring', before: 'Sintel' } as const;
  const deed = (what: Deed['what'], by: Deed['by']): Deed => ({ seq: 1, at: 0, by, what, position_ms: 0, undoes: false });
  const somebodys: readonly Deed['what'][] = [
    ...(['play', 'pause', 'seek', 'skip', 'back', 'pick', 'rate', 'start', 'closed', 'again'] as const).map((cause) => ({ ...film, cause })),
    ...(['live', 'soon', 'ended', 'disabled', 'record'] as const).map((status) => ({ kind: 'status', status }) as const),
    ...(['kicked', 'banned', 'unbanned', 'muted', 'unmuted'] as const).map((kind) => ({ kind, name: 'Eve' })),
    { kind: 'role', name: 'Eve', role: 'moderator', own: false }, { kind: 'role', name: 'Ben', role: 'host', own: true },
  ];
  const nobodys: readonly Deed['what'][] = [
    ...(['start', 'end', 'again', 'empty', 'segment', 'failed', 'stall', 'closed'] as const).map((cause) => ({ ...film, cause })),
    ...(['live', 'ended'] as const).map((status) => ({ kind: 'status', status }) as const),
    ...(['unbanned', 'unmuted'] as const).map((kind) => ({ kind, name: 'Eve' })),
    { kind: 'shelf', kept: true },
  ];
  /** A whole sentence, which no name can stand before. */
  const whole = /[.。]$/;

  it.each(LANGUAGES)('a name stands before what somebody did, and never before a whole sentence: %s', async (language) => {
    await speak(language, true);
    for (const what of somebodys) {
      const told = tell(deed(what, BEN));
      expect.soft([told?.text, told?.by === null], JSON.stringify(what)).toEqual([told?.text, whole.test(told?.text ?? '')]);
    }
    for (const what of nobodys) expect.soft(tell(deed(what, null))?.text, JSON.stringify(what)).toMatch(whole);
  });

  it('who closes the room is named once, where it is said that they did', async () => {
    await speak('en', true);
    const [closed, status] = [tell(deed({ ...film, cause: 'closed' }, BEN)), tell(deed({ kind: 'status', status: 'ended' }, BEN))];
    expect([closed?.by, closed?.text]).toEqual([null, 'Paused: the room is closed.']);
    expect([status?.by?.name, status?.text]).toEqual(['Ben', 'closed the room']);
  });

  it('what comes back into the queue by itself is nobody\'s deed', () => {
    expect(tell(deed({ kind: 'added', item: 'a', title: 'Spring', count: 1 }, null))).toBeNull();
  });
});
