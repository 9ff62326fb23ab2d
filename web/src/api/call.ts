/** One call of the native API over HTTP, and reading what came back. */
import * as prefs from '../prefs';
import { Refused } from '../session';
import { language } from '../words';

export const BASE = '/api/v1';

type Json = Record<string, unknown>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
/** A text that is not empty, or `null`. */
export const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
export const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
export const objects = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
/** A part of a path. */
export const part = (value: string): string => encodeURIComponent(value);

const details = (value: unknown): Record<string, string> =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter((one): one is [string, string] => typeof one[1] === 'string')) : {};

async function answered(method: Method, path: string, body?: unknown, token = prefs.token.get()): Promise<Response> {
  // The sentence of a refusal is the server's, in the reader's language.
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language.current };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  let answer: Response;
  try {
    answer = await fetch(BASE + path, init);
  } catch {
    throw new Refused('offline', 'offline');
  }
  if (answer.ok) return answer;
  const json: unknown = await answer.json().catch(() => null);
  const error = isObject(json) && isObject(json['error']) ? json['error'] : {};
  throw new Refused(text(error['code']) ?? 'internal', text(error['message']) ?? answer.statusText, details(error['details']));
}

/** The `data` of a good answer; everything else is thrown as `Refused`. `token` is shown instead of the reader's own. */
export async function call(method: Method, path: string, body?: unknown, token?: string): Promise<unknown> {
  const json: unknown = await (await answered(method, path, body, token)).json().catch(() => null);
  return isObject(json) && 'data' in json ? json['data'] : json;
}

export interface Page<T> {
  readonly entries: readonly T[];
  /** What asks for the page behind this one; `null` on the last one. */
  readonly next: string | null;
}

/** One page of a list; `read` leaves out what is none of it. */
export async function page<T>(path: string, read: (entry: Json) => T | null, token?: string): Promise<Page<T>> {
  const json: unknown = await (await answered('GET', path, undefined, token)).json().catch(() => null);
  const answer = isObject(json) ? json : {};
  const next = answer['next'];
  return {
    entries: objects(answer['data']).flatMap((entry) => {
      const known = read(entry);
      return known === null ? [] : [known];
    }),
    next: typeof next === 'string' || typeof next === 'number' ? String(next) : null,
  };
}

/** A file, as text. */
export const file = async (path: string): Promise<string> => (await answered('GET', path)).text();
