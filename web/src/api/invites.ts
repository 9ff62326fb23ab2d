/** Invites: what one says before one comes in, and coming in by it. */
import { call, isObject, number, part, text } from './call';
import { nowOf, type Now } from './now';
import { roomId } from './rooms';
import { keepToken } from './sessions';

/** What an invite says before one comes in. */
export interface InviteCard {
  readonly room: string;
  readonly title: string;
  /** Whose room it is. */
  readonly host: string | null;
  readonly now: Now;
  readonly status: string;
  /** When it opens and closes by itself, Unix ms. */
  readonly start: number | null;
  /** Everybody is there who may be. */
  readonly full: boolean;
  readonly asksPassword: boolean;
}

export async function readInvite(token: string): Promise<InviteCard> {
  const data = await call('GET', `/invites/${part(token)}`);
  const card = isObject(data) ? data : {};
  const schedule = isObject(card['schedule']) ? card['schedule'] : {};
  return {
    room: text(card['room']) ?? '',
    title: text(card['title']) ?? '',
    host: text(card['host']),
    now: nowOf(card),
    status: text(schedule['status']) ?? 'live',
    start: number(schedule['start']),
    full: card['full'] === true,
    asksPassword: card['asks_password'] === true,
  };
}

/** Comes in by an invite and answers the room's id; makes a guest where one is nobody yet. */
export async function joinByInvite(token: string, name: string, password: string | null): Promise<string> {
  const data = await call('POST', `/invites/${part(token)}/join`, password === null ? { name } : { name, password });
  keepToken(data);
  return roomId(data, 'room');
}
