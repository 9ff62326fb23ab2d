/** The HTTP part of the native API, as far as the page needs it: who one is, rooms, invites, the list of slash commands. */
import * as prefs from './prefs';
import { Refused } from './session';
import { label, type Person } from './protocol';

const BASE = '/api/v1';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const headers: Record<string, string> = { accept: 'application/json' };
  const token = prefs.token.get();
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  let answer: Response;
  try {
    answer = await fetch(BASE + path, init);
  } catch {
    throw new Refused('offline', 'offline');
  }
  const json: unknown = await answer.json().catch(() => null);
  if (answer.ok) return isObject(json) && 'data' in json ? json['data'] : json;
  const error = isObject(json) && isObject(json['error']) ? json['error'] : {};
  throw new Refused(text(error['code']) ?? 'internal', text(error['message']) ?? answer.statusText);
}

/** Makes a guest and remembers its token. */
export async function signIn(name: string): Promise<void> {
  // An old token must not speak for the new guest.
  prefs.token.set(null);
  const data = await call('POST', '/sessions', { name });
  if (!isObject(data)) return;
  keepToken(data);
}

function keepToken(data: Record<string, unknown>): void {
  const token = text(data['token']);
  if (token !== null) prefs.token.set(token);
}

/** Who the token says one is; `null` where it says nothing any more. */
export async function whoAmI(): Promise<Person | null> {
  try {
    const data = await call('GET', '/sessions/current');
    const person = isObject(data) ? text(data['id']) : null;
    return isObject(data) && person !== null ? { person, name: text(data['name']) ?? '' } : null;
  } catch (error) {
    if (error instanceof Refused && (error.code === 'bad_token' || error.code === 'not_signed_in')) return null;
    throw error;
  }
}

/** A valid session under this name: the one there is, or a new one. */
export async function ensureSession(name: string): Promise<void> {
  if (prefs.token.get() !== null) {
    if ((await whoAmI()) !== null) return;
  }
  await signIn(name);
}

/** The field of an answer that names a room. */
function roomId(data: unknown, field: 'id' | 'room'): string {
  const id = isObject(data) ? text(data[field]) : null;
  if (id === null) throw new Refused('internal', 'The answer names no room.');
  return id;
}

/** Makes a room and answers its id; `url` is queued at once. */
export async function makeRoom(url: string | null): Promise<string> {
  return roomId(await call('POST', '/rooms', url === null ? {} : { url }), 'id');
}

/** The id of the room that an id, an invite token or a spoken code names. */
export async function findRoom(name: string): Promise<string> {
  return roomId(await call('GET', `/rooms/${encodeURIComponent(name)}`), 'id');
}

/** What an invite says before one comes in. */
export interface InviteCard {
  readonly title: string;
  /** Whose room it is. */
  readonly host: string | null;
  readonly film: string | null;
  readonly thumbnail: string | null;
  readonly playing: boolean;
  /** Where it stands now, ms; `null` where the server does not say. */
  readonly position_ms: number | null;
  readonly duration_ms: number | null;
  readonly watching: number;
  readonly names: readonly string[];
}

function cardOf(data: unknown): InviteCard {
  const card = isObject(data) ? data : {};
  const current = isObject(card['current']) ? card['current'] : null;
  const url = text(current?.['url']);
  const names: readonly unknown[] = Array.isArray(card['names']) ? card['names'] : [];
  return {
    title: text(card['title']) ?? '',
    host: text(card['host']),
    film: url === null ? null : label({ url, title: text(current?.['title']), provider_id: text(current?.['provider_id']) }),
    thumbnail: text(current?.['thumbnail']),
    playing: card['playing'] === true,
    position_ms: number(card['position_ms']),
    duration_ms: number(current?.['duration_ms']),
    watching: number(card['watching']) ?? names.length,
    names: names.filter((name) => typeof name === 'string'),
  };
}

export async function readInvite(token: string): Promise<InviteCard> {
  return cardOf(await call('GET', `/invites/${encodeURIComponent(token)}`));
}

/** Comes in by an invite and answers the room's id; makes a guest where one is nobody yet. */
export async function joinByInvite(token: string, name: string): Promise<string> {
  const data = await call('POST', `/invites/${encodeURIComponent(token)}/join`, { name });
  if (isObject(data)) keepToken(data);
  return roomId(data, 'room');
}

/** Comes in with a password; makes a guest where one is nobody yet. */
export async function joinRoom(room: string, password: string, name?: string): Promise<string> {
  const data = await call('POST', `/rooms/${encodeURIComponent(room)}/join`, name === undefined ? { password } : { password, name });
  if (isObject(data)) keepToken(data);
  return roomId(data, 'room');
}

/** Sets the password that a recovery link allows, and signs in; answers the name. */
export async function finishRecovery(token: string, password: string): Promise<string> {
  prefs.token.set(null);
  const data = await call('POST', '/accounts/recover/finish', { token, password });
  if (!isObject(data)) return '';
  keepToken(data);
  return isObject(data['person']) ? (text(data['person']['name']) ?? '') : '';
}

export interface SlashCommand {
  readonly name: string;
  readonly usage: string;
  readonly description: string;
}

export async function slashCommands(): Promise<readonly SlashCommand[]> {
  const data = await call('GET', '/commands');
  if (!Array.isArray(data)) return [];
  return data.filter(isObject).flatMap((one) => {
    const name = text(one['name'])?.replace(/^\//, '');
    return name === undefined ? [] : [{ name, usage: text(one['usage']) ?? '', description: text(one['description']) ?? '' }];
  });
}
