/** Saved playlists: one's own, and those of a room. */
import { label, type Media } from '../protocol';
import { call, isObject, number, objects, part, text } from './call';
import type { Spot } from './queue';

export interface Playlist {
  readonly id: string;
  readonly name: string;
  readonly count: number;
}

export interface Entry {
  readonly url: string;
  readonly title: string;
  readonly duration_ms: number | null;
  readonly thumbnail: string | null;
}

function headOf(data: unknown): Playlist | null {
  const one = isObject(data) ? data : {};
  const id = text(one['id']);
  return id === null ? null : { id, name: text(one['name']) ?? '', count: number(one['count']) ?? 0 };
}

const heads = (data: unknown): readonly Playlist[] => objects(data).flatMap((one) => headOf(one) ?? []);

export const ownPlaylists = async (): Promise<readonly Playlist[]> => heads(await call('GET', '/playlists'));
export const roomPlaylists = async (room: string): Promise<readonly Playlist[]> => heads(await call('GET', `/rooms/${part(room)}/playlists`));

/** Makes one of what a room has on and queued; it is one's own, or the room's. */
export async function savePlaylist(room: string, name: string, whose: 'mine' | 'room'): Promise<Playlist | null> {
  const path = whose === 'mine' ? '/playlists' : `/rooms/${part(room)}/playlists`;
  return headOf(await call('POST', path, { name, from_room: room }));
}

export async function playlistEntries(id: string): Promise<readonly Entry[]> {
  const data = await call('GET', `/playlists/${part(id)}`);
  return objects(isObject(data) ? data['entries'] : null).flatMap((one) => {
    const url = text(one['url']);
    if (url === null) return [];
    const media: Pick<Media, 'url' | 'title' | 'provider_id'> = { url, title: text(one['title']), provider_id: text(one['provider_id']) };
    return [{ url, title: label(media), duration_ms: number(one['duration_ms']), thumbnail: text(one['thumbnail']) }];
  });
}

export async function renamePlaylist(id: string, name: string): Promise<void> {
  await call('PATCH', `/playlists/${part(id)}`, { name });
}

export async function deletePlaylist(id: string): Promise<void> {
  await call('DELETE', `/playlists/${part(id)}`);
}

/** Queues all of one; what does not fit is left out. */
export async function loadPlaylist(room: string, playlist: string, spot: Spot): Promise<void> {
  await call('POST', `/rooms/${part(room)}/playlists/load`, { playlist, spot });
}
