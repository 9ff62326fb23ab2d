/** What the library asks the server, and what comes back, as docs/API.md writes it. */
import { BASE, call } from '../../api/call';
import * as prefs from '../../prefs';
import { Refused } from '../../session';

export interface Track {
  readonly track: number;
  readonly language: string | null;
  readonly label: string | null;
}

/** A film or a sound that the server keeps. */
export interface Film {
  readonly path: string;
  readonly url: string;
  readonly title: string;
  readonly player: string;
  readonly bytes: number;
  readonly duration_ms: number | null;
  readonly thumbnail: string | null;
  readonly playable: boolean;
  readonly captions: readonly Track[];
  readonly uploaded: { readonly id: string; readonly person: string; readonly name: string; readonly at: number } | null;
}

export interface Page {
  readonly films: readonly Film[];
  /** What the next page begins behind; `null` on the last one. */
  readonly next: string | null;
}

/** How far an upload is, as the server knows it. */
export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly offset: number;
  readonly file: Film | null;
}

/** What one may upload, and did. */
export interface Allowance {
  readonly on: boolean;
  readonly needs_account: boolean;
  readonly file_bytes: number;
  readonly quota_bytes: number;
  readonly used_bytes: number;
  readonly call_bytes: number;
  readonly uploads: readonly Upload[];
}

const headers = (): Record<string, string> => {
  const token = prefs.token.get();
  return token === null ? {} : { authorization: `Bearer ${token}` };
};

/** A no out of the text of an answer. */
function refused(status: number, text: string): Refused {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: string; message?: string; details?: Record<string, string> } };
    if (error?.code !== undefined) return new Refused(error.code, error.message ?? '', error.details ?? {});
  } catch {
    // A proxy in between speaks HTML.
  }
  return new Refused(status === 413 ? 'body_too_large' : 'internal', '');
}

/** One page of the films whose path has these words. */
export async function films(words: string, after: string | null): Promise<Page> {
  const query = new URLSearchParams({ limit: '50' });
  if (words !== '') query.set('q', words);
  if (after !== null) query.set('after', after);
  let answer: Response;
  try {
    answer = await fetch(`${BASE}/media?${query.toString()}`, { headers: headers(), credentials: 'same-origin' });
  } catch {
    throw new Refused('offline', 'offline');
  }
  const text = await answer.text();
  if (!answer.ok) throw refused(answer.status, text);
  const body = JSON.parse(text) as { data: readonly Film[]; next?: string };
  return { films: body.data, next: body.next ?? null };
}

export const allowance = async (): Promise<Allowance> => (await call('GET', '/media/uploads')) as Allowance;

export const begin = async (room: string, name: string, bytes: number): Promise<Upload> =>
  (await call('POST', `/rooms/${encodeURIComponent(room)}/uploads`, { name, bytes })) as Upload;

export const progress = async (id: string): Promise<Upload> => (await call('GET', `/media/uploads/${id}`)) as Upload;

export const end = (id: string): Promise<unknown> => call('DELETE', `/media/uploads/${id}`);

/** A call that is on its way, and can be called back. */
export interface Sending {
  readonly done: Promise<Upload>;
  readonly abort: () => void;
}

/** Sends a piece. `sent` is told how many of its bytes have left. Not `fetch`, which cannot say that. */
export function bring(id: string, offset: number, piece: Blob, sent: (bytes: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<Upload>((resolve, reject) => {
    request.open('PUT', `${BASE}/media/uploads/${id}?offset=${offset}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => sent(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve((JSON.parse(request.responseText) as { data: Upload }).data);
      else reject(refused(request.status, request.responseText));
    };
    request.onerror = () => reject(new Refused('offline', 'offline'));
    request.onabort = () => reject(new Refused('aborted', 'aborted'));
    request.send(piece);
  });
  return { done, abort: () => request.abort() };
}
