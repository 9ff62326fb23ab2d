/** The way in: Discord's client vouches for the person, the server asks Discord whether that is so, and says which room it is. */
import { call, isObject, text } from '../api/call';
import * as prefs from '../prefs';
import { Refused } from '../session';
import { authenticate, authorize, greet } from './client';

/** Before it is tried once more, ms: Discord may hear later than we that somebody came. */
const AGAIN = 1500;
/** What passes by itself. */
const PASSING = ['not_in_instance', 'slow_down', 'provider_down', 'busy'];

export interface Entered {
  readonly room: string;
}

async function comeIn(application: string, instance: string): Promise<Entered> {
  let code: string;
  try {
    code = await authorize(application);
  } catch {
    throw new Refused('discord_denied', 'discord_denied');
  }
  const data = await call('POST', '/discord/activity', { code, instance_id: instance });
  const field = (name: string): string | null => (isObject(data) ? text(data[name]) : null);
  const [token, room] = [field('token'), field('room')];
  if (token === null || room === null) throw new Refused('internal', 'The answer lacks something.');
  // For as long as the page is open and no longer: the next launch asks Discord again.
  prefs.holdToken(token);
  // The room does not wait for it, and works without.
  authenticate(field('access_token') ?? '').catch(() => undefined);
  return { room };
}

/** Comes in; rejects with a `Refused` whose code says why not. */
export async function enter(application: string): Promise<Entered> {
  const instance = await greet(application).catch(() => {
    throw new Refused('discord_silent', 'discord_silent');
  });
  try {
    return await comeIn(application, instance);
  } catch (error) {
    if (!(error instanceof Refused) || !PASSING.includes(error.code)) throw error;
    await new Promise((later) => setTimeout(later, AGAIN));
    // With a code of its own: each is good once.
    return comeIn(application, instance);
  }
}
