/** What one may do here, and the sentence that says who may instead. */
import type { Room } from '../protocol';
import { leastFor, mayAs, type Permission } from '../rights';
import { t } from '../words';
import '../words/later';
import { useRoomState } from './hooks';

/** Who may, as a sentence: it names the host where there is one. */
export function whoMay(room: Pick<Room, 'grants' | 'members'>, permission: Permission): string {
  const host = room.members.find((one) => one.role === 'host')?.name;
  const least = leastFor(room.grants, permission);
  if (host === undefined) return t('why.nobody');
  if (least === 'guest' || least === 'registered') return t('why.registered');
  return t(`why.${least}`, { host });
}

export interface Rights {
  readonly may: (permission: Permission) => boolean;
  /** Why not; `undefined` where one may. */
  readonly why: (permission: Permission) => string | undefined;
}

export function useRights(): Rights {
  const { room, you } = useRoomState();
  const may = (permission: Permission): boolean => room !== null && mayAs(room.grants, you?.role ?? 'guest', permission);
  return { may, why: (permission) => (room === null || may(permission) ? undefined : whoMay(room, permission)) };
}
