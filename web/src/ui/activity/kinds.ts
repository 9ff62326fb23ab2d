/** What deeds are sorted by, and who may take which of them back; pure. */
import type { Deed } from '../../room-deeds';
import type { Permission } from '../../rights';

export const KINDS = ['all', 'film', 'queue', 'people', 'room'] as const;
export type Kind = (typeof KINDS)[number];

export function kindOf({ what }: Deed): Exclude<Kind, 'all'> {
  switch (what.kind) {
    case 'playback': return 'film';
    case 'added':
    case 'removed':
    case 'moved':
    case 'edited':
    case 'cleared':
    case 'reordered':
    case 'shelf':
    case 'unshelved': return 'queue';
    case 'role':
    case 'kicked':
    case 'banned':
    case 'unbanned':
    case 'muted':
    case 'unmuted':
    case 'coming': return 'people';
    case 'settings':
    case 'invite_renewed':
    case 'renamed':
    case 'visibility':
    case 'proposed':
    case 'decided':
    case 'status':
    case 'scheduled': return 'room';
  }
}

/** What one must be allowed to take back what somebody else did: the opposite of it. */
export function opposite({ what }: Deed): Permission | null {
  switch (what.kind) {
    case 'playback': return what.cause === 'seek' ? 'seek' : 'skip';
    case 'added': return 'remove';
    case 'removed':
    case 'moved':
    case 'cleared':
    case 'reordered': return 'order';
    case 'edited': return 'edit';
    default: return null;
  }
}
