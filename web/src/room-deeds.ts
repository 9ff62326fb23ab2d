/** What events are called where people read what was done: Activity, the quiet lines of the chat, the offer to take it back. */
import { label } from './protocol';
import type { By, Cause, DeedCommand, EventFrame, Item, Role, Status, Verdict, Visibility } from './protocol';
import type { KnownRoom } from './room-events';

export interface Deed {
  readonly seq: number;
  readonly at: number;
  readonly by: By | null;
  readonly what:
    | { readonly kind: 'playback'; readonly cause: Cause; readonly rate: number; readonly title: string | null; readonly before: string | null }
    | { readonly kind: 'added'; readonly item: string; readonly title: string; readonly count: number }
    | { readonly kind: 'removed' | 'moved' | 'edited'; readonly title: string }
    | { readonly kind: 'cleared' | 'reordered' | 'settings' | 'invite_renewed' }
    | { readonly kind: 'shelf'; readonly kept: boolean }
    | { readonly kind: 'unshelved'; readonly discarded: boolean }
    | { readonly kind: 'renamed'; readonly title: string }
    | { readonly kind: 'visibility'; readonly visibility: Visibility }
    /** `own`: of who did it. */
    | { readonly kind: 'role'; readonly name: string; readonly role: Role; readonly own: boolean }
    | { readonly kind: 'kicked' | 'banned' | 'unbanned' | 'muted' | 'unmuted'; readonly name: string }
    | { readonly kind: 'proposed'; readonly what: DeedCommand }
    | { readonly kind: 'decided'; readonly what: DeedCommand; readonly verdict: Verdict }
    | { readonly kind: 'status'; readonly status: Status }
    | { readonly kind: 'scheduled'; readonly start: number | null }
    | { readonly kind: 'coming'; readonly coming: boolean };
  /** Where the film stood, ms; `null` where nothing was on. */
  readonly position_ms: number | null;
  /** It takes something back. */
  readonly undoes: boolean;
}

/** What an event does not say itself. */
interface Around {
  readonly titleOf: (item: string) => string;
  readonly nameOf: (person: string) => string;
  readonly proposed: (proposal: number) => DeedCommand | null;
  /** What was on, and what is on after it: identity and title. */
  readonly before: readonly [string, string] | null;
  readonly after: readonly [string, string] | null;
}

function whatOf({ titleOf, nameOf, proposed, before, after }: Around, event: EventFrame): Deed['what'] | null {
  switch (event.kind) {
    case 'playback': {
      const changed = before?.[0] !== after?.[0];
      return {
        kind: 'playback',
        cause: event.cause,
        rate: event.playback.rate,
        title: after?.[1] ?? null,
        before: changed && before !== null ? before[1] : null,
      };
    }
    case 'added': {
      const first = event.items[0];
      return first === undefined ? null : { kind: 'added', item: first.id, title: label(first), count: event.items.length };
    }
    case 'removed':
    case 'moved': return { kind: event.kind, title: titleOf(event.item) };
    // What the room itself learnt of a film is nobody's deed.
    case 'item_changed': return event.by == null ? null : { kind: 'edited', title: label(event.item) };
    case 'cleared':
    case 'reordered':
    case 'invite_renewed': return { kind: event.kind };
    case 'shelved': return { kind: 'shelf', kept: event.kept };
    case 'unshelved': return { kind: 'unshelved', discarded: event.discarded };
    case 'changed': {
      if (event.title !== undefined) return { kind: 'renamed', title: event.title };
      if (event.visibility !== undefined) return { kind: 'visibility', visibility: event.visibility };
      return { kind: 'settings' };
    }
    case 'role_changed': return { kind: 'role', name: event.name, role: event.role, own: event.by?.person === event.person };
    case 'kicked':
    case 'banned':
    case 'muted': return { kind: event.kind, name: event.name };
    case 'unbanned':
    case 'unmuted': return { kind: event.kind, name: nameOf(event.person) };
    case 'proposed': return { kind: 'proposed', what: event.what };
    case 'decided': {
      const what = proposed(event.proposal);
      return what === null ? null : { kind: 'decided', what, verdict: event.verdict };
    }
    case 'scheduled': return { kind: 'scheduled', start: event.start };
    case 'status_changed': return { kind: 'status', status: event.status };
    case 'coming': return { kind: 'coming', coming: event.coming };
    default: return null;
  }
}

function deed(around: Around, event: EventFrame): Deed | null {
  const what = whatOf(around, event);
  if (what === null) return null;
  const position_ms = event.kind === 'playback' ? event.playback.position_ms : null;
  return { seq: event.seq, at: event.at, by: event.by ?? null, what, position_ms, undoes: event.undoes !== undefined };
}

const named = (item: Item | null): readonly [string, string] | null => (item === null ? null : [item.id, label(item)]);

/** What an event is called; `null` for what is no deed of its own. */
export function deedOf(before: KnownRoom, after: KnownRoom, event: EventFrame): Deed | null {
  const around: Around = {
    titleOf: (id) => {
      const item = before.queue.find((one) => one.id === id);
      return item === undefined ? '' : label(item);
    },
    nameOf: (person) => [...before.mutes, ...before.here, ...before.members].find((one) => one.person === person)?.name ?? '',
    proposed: (proposal) => before.proposals.find((one) => one.id === proposal)?.what ?? null,
    before: named(before.current),
    after: named(after.current),
  };
  return deed(around, event);
}

/**
 * What past events are called, oldest first, where nobody knows any more how the room stood: what one event names, later ones may
 * refer to. `known` are the items of the room now.
 */
export function deedsOf(events: readonly EventFrame[], known: readonly Item[]): readonly Deed[] {
  const titles = new Map(known.map((item) => [item.id, label(item)]));
  const people = new Map<string, string>();
  const proposals = new Map<number, DeedCommand>();
  for (const event of events) {
    if (event.kind === 'added') for (const item of event.items) titles.set(item.id, label(item));
    if (event.kind === 'item_changed' || event.kind === 'played') titles.set(event.item.id, label(event.item));
    if ('person' in event && 'name' in event) people.set(event.person, event.name);
    if (event.by != null) people.set(event.by.person, event.by.name);
    if (event.kind === 'proposed') proposals.set(event.seq, event.what);
  }
  const titled = (id: string): readonly [string, string] => [id, titles.get(id) ?? ''];
  let on: readonly [string, string] | null = null;
  return events.flatMap((event) => {
    const before = on;
    if (event.kind === 'playback') on = event.playback.item === null ? null : titled(event.playback.item);
    const around: Around = {
      titleOf: (id) => titles.get(id) ?? '',
      nameOf: (person) => people.get(person) ?? '',
      proposed: (proposal) => proposals.get(proposal) ?? null,
      before, after: on,
    };
    return deed(around, event) ?? [];
  });
}
