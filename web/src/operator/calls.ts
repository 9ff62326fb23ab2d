/** The calls of who runs the server, and reading what came back. */
import { call, isObject, number, objects, page, part, text, type Page } from '../api/call';
import { Refused } from '../session';

type Json = Record<string, unknown>;

const done = async (asked: Promise<unknown>): Promise<void> => {
  await asked;
};
const object = (value: unknown): Json => (isObject(value) ? value : {});
const count = (value: unknown): number => number(value) ?? 0;
const counts = (value: unknown): readonly (readonly [string, number])[] =>
  Object.entries(object(value)).filter((one): one is [string, number] => typeof one[1] === 'number');
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []);

export interface Overview {
  readonly version: string;
  /** How long it runs, in milliseconds. */
  readonly uptime: number;
  readonly rooms: { readonly stored: number; readonly awake: number; readonly playing: number };
  readonly people: { readonly stored: number; readonly accounts: number; readonly here: number };
  readonly sockets: readonly (readonly [string, number])[];
  readonly doors: readonly (readonly [string, number])[];
  readonly bytes: number;
  readonly bans: number;
  readonly parts: readonly { readonly name: string; readonly state: string }[];
  /** Nothing where there is one. */
  readonly nodes: readonly Node[];
}

/** One of several nodes. */
export interface Node {
  readonly url: string;
  /** The one that answered. */
  readonly here: boolean;
  readonly state: string;
  readonly rooms: number;
  readonly posts: readonly string[];
}

export async function overview(key: string): Promise<Overview> {
  const data = object(await call('GET', '/admin/overview', undefined, key));
  const [rooms, people] = [object(data['rooms']), object(data['people'])];
  return {
    version: text(data['version']) ?? '',
    uptime: count(data['now']) - count(data['started_at']),
    rooms: { stored: count(rooms['stored']), awake: count(rooms['awake']), playing: count(rooms['playing']) },
    people: { stored: count(people['stored']), accounts: count(people['accounts']), here: count(people['here']) },
    sockets: counts(data['sockets']),
    doors: counts(data['doors']),
    bytes: count(data['database_bytes']),
    bans: count(data['bans']),
    parts: objects(data['parts']).map((one) => ({ name: text(one['name']) ?? '', state: text(one['state']) ?? '' })),
    nodes: objects(data['nodes']).map((one) => ({
      url: text(one['url']) ?? '', here: one['this'] === true, state: text(one['state']) ?? '', rooms: count(one['rooms']), posts: texts(one['posts']),
    })),
  };
}

/** Whether this server has nobody who may run it from here; asked without a key, which is no guess. */
export async function isOff(): Promise<boolean> {
  try {
    // An empty key is none.
    await call('GET', '/admin/overview', undefined, '');
    return false;
  } catch (error) {
    return error instanceof Refused && error.code === 'admin_off';
  }
}

export interface Awake {
  readonly people: number;
  readonly playing: boolean;
  /** What is on. */
  readonly title: string | null;
  readonly status: string;
}

const awake = (value: unknown): Awake | null => {
  if (!isObject(value)) return null;
  return { people: count(value['people']), playing: value['playing'] === true, title: text(value['title']), status: text(value['status']) ?? '' };
};

export interface Room {
  readonly id: string;
  readonly title: string;
  readonly madeAt: number;
  readonly public: boolean;
  readonly host: string | null;
  /** Nothing where it is on disk alone. */
  readonly now: Awake | null;
  /** The node that has it, where there are several. */
  readonly node: string | null;
}

const room = (entry: Json): Room | null => {
  const id = text(entry['id']);
  if (id === null) return null;
  const host = object(entry['host']);
  return {
    id, title: text(entry['title']) ?? '', madeAt: count(entry['made_at']), public: entry['public'] === true,
    host: text(host['name']) ?? text(host['person']), now: awake(entry['now']), node: text(entry['node']),
  };
};

const query = (fields: Readonly<Record<string, string | null>>): string => {
  const given = Object.entries(fields).filter((one): one is [string, string] => one[1] !== null && one[1] !== '');
  return given.map(([name, value]) => `${name}=${part(value)}`).join('&');
};

export const STATES = ['all', 'attended', 'playing', 'awake', 'asleep'] as const;
export type State = (typeof STATES)[number];

export const rooms = (key: string, search: string, state: State, after: string | null): Promise<Page<Room>> =>
  page(`/admin/rooms?${query({ search, state, limit: '25', after })}`, room, key);

export interface Connection {
  readonly person: string;
  readonly name: string;
  readonly role: string;
  readonly door: string;
  readonly since: number;
}

export interface RoomDetail extends Room {
  readonly touchedAt: number;
  readonly queued: number;
  readonly lines: number;
  readonly visibility: string;
  readonly settings: readonly (readonly [string, string])[];
  readonly connections: readonly Connection[];
  readonly places: readonly string[];
  readonly invite: string | null;
}

export async function roomDetail(key: string, id: string): Promise<RoomDetail> {
  const data = object(await call('GET', `/admin/rooms/${part(id)}`, undefined, key));
  const listed = room(data);
  if (listed === null) throw new Refused('internal', 'The answer names no room.');
  const settings = Object.entries(object(data['settings'])).filter(([name]) => name !== 'title' && name !== 'visibility');
  return {
    ...listed,
    touchedAt: count(data['touched_at']), queued: count(data['queued']), lines: count(data['lines']),
    visibility: text(data['visibility']) ?? '',
    settings: settings.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const),
    connections: objects(data['connections']).map((one) => ({
      person: text(one['person']) ?? '', name: text(one['name']) ?? '', role: text(one['role']) ?? '', door: text(one['door']) ?? '', since: count(one['since']),
    })),
    places: texts(data['places']),
    invite: text(data['invite_url']),
  };
}

export const setStatus = (key: string, id: string, status: 'ended' | 'live'): Promise<void> =>
  done(call('PUT', `/rooms/${part(id)}/status`, { status }, key));
export const deleteRoom = (key: string, id: string): Promise<void> => done(call('DELETE', `/rooms/${part(id)}`, undefined, key));

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly madeAt: number;
}

const person = (entry: Json): Person | null => {
  const id = text(entry['id']);
  return id === null ? null : { id, name: text(entry['name']) ?? '', madeAt: count(entry['made_at']) };
};

export const people = (key: string, search: string, after: string | null): Promise<Page<Person>> =>
  page(`/admin/people?${query({ search, limit: '25', after })}`, person, key);

export interface PersonDetail extends Person {
  readonly username: string | null;
  readonly email: string | null;
  readonly platforms: readonly string[];
  readonly sessions: readonly { readonly id: string; readonly madeAt: number; readonly expiresAt: number }[];
  readonly keys: readonly Key[];
  readonly rooms: readonly { readonly id: string; readonly title: string }[];
}

export async function personDetail(key: string, id: string): Promise<PersonDetail> {
  const data = object(await call('GET', `/admin/people/${part(id)}`, undefined, key));
  const listed = person(data);
  if (listed === null) throw new Refused('internal', 'The answer names nobody.');
  return {
    ...listed,
    username: text(data['username']), email: text(data['email']), platforms: texts(data['platforms']),
    sessions: objects(data['sessions']).map((one) => ({ id: text(one['id']) ?? '', madeAt: count(one['made_at']), expiresAt: count(one['expires_at']) })),
    keys: objects(data['keys']).flatMap((one) => keyOf(one) ?? []),
    rooms: objects(data['rooms']).map((one) => ({ id: text(one['id']) ?? '', title: text(one['title']) ?? '' })),
  };
}

export const endSession = (key: string, id: string, session: string): Promise<void> =>
  done(call('DELETE', `/admin/people/${part(id)}/sessions/${part(session)}`, undefined, key));
export const endSessions = async (key: string, id: string): Promise<number> =>
  count(object(await call('DELETE', `/admin/people/${part(id)}/sessions`, undefined, key))['ended']);
export const deletePerson = (key: string, id: string): Promise<void> => done(call('DELETE', `/admin/people/${part(id)}`, undefined, key));

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly madeAt: number;
  readonly usedAt: number | null;
}

const keyOf = (entry: Json): Key | null => {
  const id = text(entry['id']);
  if (id === null) return null;
  return { id, name: text(entry['name']) ?? '', scopes: texts(entry['scopes']), madeAt: count(entry['made_at']), usedAt: number(entry['last_used_at']) };
};

export const SCOPES = ['read', 'rooms', 'act', 'platforms', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export const keys = async (key: string): Promise<readonly Key[]> => objects(await call('GET', '/keys', undefined, key)).flatMap((one) => keyOf(one) ?? []);

/** Makes a key; answers its secret, which is told this once. */
export async function makeKey(key: string, name: string, scopes: readonly Scope[]): Promise<string> {
  const secret = text(object(await call('POST', '/keys', { name, scopes }, key))['secret']);
  if (secret === null) throw new Refused('internal', 'The answer has no secret.');
  return secret;
}

export const revokeKey = (key: string, id: string): Promise<void> => done(call('DELETE', `/keys/${part(id)}`, undefined, key));

export interface Ban {
  readonly id: string;
  readonly network: string;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
  readonly until: number | null;
}

const ban = (entry: Json): Ban | null => {
  const id = text(entry['id']);
  if (id === null) return null;
  return { id, network: text(entry['network']) ?? '', reason: text(entry['reason']) ?? '', by: text(entry['by']) ?? '', at: count(entry['at']), until: number(entry['until']) };
};

export const bans = async (key: string): Promise<readonly Ban[]> => objects(await call('GET', '/admin/bans', undefined, key)).flatMap((one) => ban(one) ?? []);

export interface NewBan {
  readonly network: string;
  readonly reason: string;
  readonly until: number | null;
}

export async function makeBan(key: string, { network, reason, until }: NewBan, force: boolean): Promise<void> {
  await call('POST', '/admin/bans', { network, ...(reason === '' ? {} : { reason }), ...(until === null ? {} : { until }), ...(force ? { force } : {}) }, key);
}

export const liftBan = (key: string, id: string): Promise<void> => done(call('DELETE', `/admin/bans/${part(id)}`, undefined, key));

export interface Act {
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly act: string;
  readonly on: string | null;
  readonly about: string | null;
  readonly from: string | null;
  readonly outcome: string;
  readonly code: string | null;
}

export const log = (key: string, after: string | null): Promise<Page<Act>> =>
  page(`/admin/log?${query({ limit: '50', after })}`, (one) => {
    const id = text(one['id']);
    if (id === null) return null;
    return {
      id, at: count(one['at']), by: text(one['by']) ?? '', act: text(one['act']) ?? '', on: text(one['on']), about: text(one['about']),
      from: text(one['from']), outcome: text(one['outcome']) ?? '', code: text(one['code']),
    };
  }, key);
