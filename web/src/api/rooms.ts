/** Making a room, coming into one without an invite link, and the rooms that are open to all. */
import { Refused } from '../session';
import { call, isObject, page, part, text, type Page } from './call';
import { nowOf, type Now } from './now';
import { keepToken } from './sessions';

/** The field of an answer that names a room. */
export function roomId(data: unknown, field: 'id' | 'room'): string {
  const id = isObject(data) ? text(data[field]) : null;
  if (id === null) throw new Refused('internal', 'The answer names no room.');
  return id;
}

/** Makes a room and answers its id; `url` is queued at once. */
export async function makeRoom(url: string | null): Promise<string> {
  return roomId(await call('POST', '/rooms', url === null ? {} : { url }), 'id');
}

/** Comes in by the room's identity or its spoken code, with its password where it has one; makes a guest where one is nobody yet. */
export async function joinRoom(room: string, password: string | null, name?: string): Promise<string> {
  const body = { ...(password === null ? {} : { password }), ...(name === undefined ? {} : { name }) };
  const data = await call('POST', `/rooms/${part(room)}/join`, body);
  keepToken(data);
  return roomId(data, 'room');
}

/** Puts a link behind the last one of a room. */
export async function queueLink(room: string, url: string): Promise<void> {
  await call('POST', `/rooms/${part(room)}/queue`, { url });
}

/** A room that anybody may come into. */
export interface OpenDoor {
  readonly id: string;
  readonly title: string;
  /** Nothing where nobody is there. */
  readonly now: Now | null;
}

/** A page of the open rooms, newest first. */
export const openRooms = (limit: number, after: string | null): Promise<Page<OpenDoor>> =>
  page(`/rooms?limit=${limit}${after === null ? '' : `&after=${part(after)}`}`, (room) => {
    const id = text(room['id']);
    return id === null ? null : { id, title: text(room['title']) ?? '', now: isObject(room['now']) ? nowOf(room['now']) : null };
  });
