/** What cannot be taken back. */
import * as prefs from '../prefs';
import { call, part } from './call';

/** Deletes a room and all that is stored of it. */
export async function deleteRoom(room: string): Promise<void> {
  await call('DELETE', `/rooms/${part(room)}`);
}

/** Deletes oneself; the password is needed where there is an account. */
export async function deleteMe(password: string): Promise<void> {
  await call('DELETE', '/people/me', password === '' ? {} : { password });
  prefs.token.set(null);
}
