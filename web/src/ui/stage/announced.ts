/** What a room that is streamed elsewhere announces. */
import type { Room } from '../../protocol';

type Announcing = Pick<Room, 'current' | 'schedule' | 'embed_url' | 'stream_embed_url'>;

/** The frame of the stream that a room shows while nothing else is on; `null` where there is none, or not now. */
export function announced(room: Announcing | null): string | null {
  // Within Discord's frame no page of anybody else can be framed.
  if (__ACTIVITY__ || room === null || room.current !== null) return null;
  const { status } = room.schedule;
  return status === 'live' || status === 'record' ? room.embed_url ?? room.stream_embed_url : null;
}
