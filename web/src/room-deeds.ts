/** What events are called where people read what was done: Activity, the quiet lines of the chat, the offer to take it back. */
import { label } from './protocol';
import type { By, Cause, DeedCommand, EventFrame, Role, Status, Verdict, Visibility } from './protocol';
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
    | { readonly kind: 'role'; readonly name: string; readonly role: Role }
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

function whatOf(before: KnownRoom, after: KnownRoom, event: EventFrame): Deed['what'] | null {
  const titleOf = (id: string): string => {
    const item = before.queue.find((one) => one.id === id);
    return item === undefined ? '' : label(item);
  };
  const nameOf = (person: string): string =>
    [...before.mutes, ...before.here, ...before.members].find((one) => one.person === person)?.name ?? '';
  switch (event.kind) {
    case 'playback': {
      const changed = before.current?.id !== after.current?.id;
      return {
        kind: 'playback',
        cause: event.cause,
        rate: event.playback.rate,
        title: after.current === null ? null : label(after.current),
        before: changed && before.current !== null ? label(before.current) : null,
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
    case 'role_changed': return { kind: 'role', name: event.name, role: event.role };
    case 'kicked':
    case 'banned':
    case 'muted': return { kind: event.kind, name: event.name };
    case 'unbanned':
    case 'unmuted': return { kind: event.kind, name: nameOf(event.person) };
    case 'proposed': return { kind: 'proposed', what: event.what };
    case 'decided': {
      const proposal = before.proposals.find((one) => one.id === event.proposal);
      return proposal === undefined ? null : { kind: 'decided', what: proposal.what, verdict: event.verdict };
    }
    case 'scheduled': return { kind: 'scheduled', start: event.start };
    case 'status_changed': return { kind: 'status', status: event.status };
    case 'coming': return { kind: 'coming', coming: event.coming };
    default: return null;
  }
}

/** What an event is called; `null` for what is no deed of its own. */
export function deedOf(before: KnownRoom, after: KnownRoom, event: EventFrame): Deed | null {
  const what = whatOf(before, after, event);
  if (what === null) return null;
  const position_ms = event.kind === 'playback' ? event.playback.position_ms : null;
  return { seq: event.seq, at: event.at, by: event.by ?? null, what, position_ms, undoes: event.undoes !== undefined };
}
