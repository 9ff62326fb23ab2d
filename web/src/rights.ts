/** Who may do what in a room, by the table that the server goes by too; the server has the last word. */
import type { DeedCommand, Role, Room } from './protocol';

/** Every permission, with the least role that it may ever be granted to. */
export const LEAST = {
  playback: 'guest', skip: 'guest', seek: 'guest', rate: 'guest', play_now: 'guest',
  add: 'guest', remove: 'guest', order: 'guest', edit: 'guest', vote: 'guest',
  chat: 'guest', propose: 'guest',
  title: 'guest', about: 'guest', visibility: 'guest', queue_mode: 'guest', settings: 'guest',
  invite: 'guest', audit: 'guest',
  access: 'trusted', schedule: 'trusted', end: 'trusted',
  kick: 'trusted', ban: 'trusted', mute: 'trusted', moderate: 'trusted',
  promote_trusted: 'trusted', demote_trusted: 'trusted', promote_moderator: 'moderator', demote_moderator: 'moderator',
  promote_cohost: 'cohost', demote_cohost: 'cohost',
  grant_guests: 'registered', grant_registered: 'trusted', grant_trusted: 'moderator', grant_moderators: 'cohost',
  own: 'host',
} as const satisfies Record<string, Role>;

export type Permission = keyof typeof LEAST;

export const ROLES: readonly Role[] = ['guest', 'registered', 'trusted', 'moderator', 'cohost', 'host'];
/** The roles that the four lists speak of, from the least on. */
export const GRANTED = ['guest', 'registered', 'trusted', 'moderator'] as const;
export type Granted = (typeof GRANTED)[number];
/** What one must be allowed to change each list. */
export const GRANTS_OF: Record<Granted, Permission> = {
  guest: 'grant_guests', registered: 'grant_registered', trusted: 'grant_trusted', moderator: 'grant_moderators',
};

export const rank = (role: Role): number => ROLES.indexOf(role);

type Grants = Room['grants'];

/** Whether a role may do something: each may do what the ones before it may; co-hosts all but own the room. */
export function mayAs(grants: Grants, role: Role, permission: Permission): boolean {
  if (role === 'host') return true;
  if (role === 'cohost') return permission !== 'own';
  return GRANTED.some((one) => rank(one) <= rank(role) && grants[one].includes(permission));
}

/** The least role that may do something now. */
export const leastFor = (grants: Grants, permission: Permission): Role =>
  ROLES.find((role) => mayAs(grants, role, permission)) ?? 'host';

/** Whether a permission may ever be granted to a role. */
export const grantable = (role: Granted, permission: Permission): boolean => rank(LEAST[permission]) <= rank(role);

/** The four lists with a permission granted to a role, or taken from it. */
export function granting(grants: Grants, role: Granted, permission: Permission, on: boolean): Grants {
  const others = grants[role].filter((one) => one !== permission);
  return { ...grants, [role]: on ? [...others, permission] : others };
}

const DEED: Record<DeedCommand['do'], Permission> = {
  play: 'playback', pause: 'playback', seek: 'seek', skip: 'skip', back: 'skip', set_rate: 'rate', pick: 'play_now',
  remove: 'remove', clear: 'remove', shuffle: 'order',
};

/** What one must be allowed to do a deed; one's own item may go with `add` alone. */
export const needs = (deed: DeedCommand, own = false): Permission => (deed.do === 'remove' && own ? 'add' : DEED[deed.do]);

/** What one must be allowed to make somebody a role who is another. */
export function needsForRole(from: Role, to: Role): Permission | null {
  const up = rank(to) > rank(from);
  switch (up ? to : from) {
    case 'trusted': return up ? 'promote_trusted' : 'demote_trusted';
    case 'moderator': return up ? 'promote_moderator' : 'demote_moderator';
    case 'cohost': return up ? 'promote_cohost' : 'demote_cohost';
    case 'host': return 'own';
    case 'guest':
    case 'registered': return null;
  }
}
