/**
 * Who Telegram says one is, as a session of ours, which lives as long as the window does: Telegram's word counts once, and a page that
 * is loaded again brings the same.
 */
import { call, isObject, text } from '../api/call';
import { keepToken, whoAmI } from '../api/sessions';
import * as prefs from '../prefs';

/** Why one was not let into the room of the link. */
export interface NotIn {
  readonly code: string;
  readonly message: string;
}

export interface Opened {
  readonly room: string | null;
  readonly invite: string | null;
  readonly refused: NotIn | null;
}

/** Whether this window has a session already from what Telegram says now; one from anything else is forgotten. */
export async function goesOn(initData: string): Promise<boolean> {
  if (prefs.read('telegram', 'here') !== initData) {
    prefs.token.set(null);
    prefs.write('telegram', initData, 'here');
    return false;
  }
  return prefs.token.get() !== null && (await whoAmI()) !== null;
}

export async function open(initData: string): Promise<Opened> {
  const data = await call('POST', '/telegram/session', { init_data: initData });
  keepToken(data);
  if (!isObject(data)) return { room: null, invite: null, refused: null };
  const no = data['refused'];
  return {
    room: text(data['room']),
    invite: text(data['invite']),
    refused: isObject(no) ? { code: text(no['code']) ?? '', message: text(no['message']) ?? '' } : null,
  };
}
