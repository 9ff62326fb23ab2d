/** Who Telegram says one is, as a session of ours, which lives as long as the page does. */
import { call, isObject, text } from '../api/call';
import { keepToken } from '../api/sessions';

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
