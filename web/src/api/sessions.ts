/** Who this browser is to the server. */
import * as prefs from '../prefs';
import type { Person } from '../protocol';
import { Refused } from '../session';
import { call, isObject, text } from './call';

/** Keeps the token of an answer, where it has one. */
export function keepToken(data: unknown): void {
  const token = isObject(data) ? text(data['token']) : null;
  if (token !== null) prefs.token.set(token);
}

/** Makes a guest and remembers its token. */
export async function signIn(name: string): Promise<void> {
  // An old token must not speak for the new guest.
  prefs.token.set(null);
  keepToken(await call('POST', '/sessions', { name }));
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
  if (prefs.token.get() !== null && (await whoAmI()) !== null) return;
  await signIn(name);
}
