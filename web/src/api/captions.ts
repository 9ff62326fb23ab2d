/** Captions of a film, as the server answers them. */
import * as prefs from '../prefs';

/** A track as WebVTT; throws where it does not come. */
export async function captionFile(room: string, item: string, track: number): Promise<string> {
  const token = prefs.token.get();
  const path = `/api/v1/rooms/${encodeURIComponent(room)}/items/${encodeURIComponent(item)}/subtitles.vtt?track=${track}`;
  const answer = await fetch(path, { credentials: 'same-origin', headers: token === null ? {} : { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`captions: ${answer.status}`);
  return answer.text();
}
