/** How a room stands, as lists and invites tell it from outside. */
import { label, type PlayerKind, type Still } from '../protocol';
import { isObject, number, text } from './call';

export interface Now {
  readonly film: string | null;
  readonly still: Still | null;
  readonly playing: boolean;
  /** Where it stood when it was told, ms. */
  readonly position_ms: number | null;
  readonly duration_ms: number | null;
  readonly watching: number;
  readonly names: readonly string[];
}

export function nowOf(data: Record<string, unknown>): Now {
  const current = isObject(data['current']) ? data['current'] : null;
  const url = text(current?.['url']);
  const names: readonly unknown[] = Array.isArray(data['names']) ? data['names'] : [];
  return {
    film: url === null ? null : label({ url, title: text(current?.['title']), provider_id: text(current?.['provider_id']) }),
    still: url === null ? null : { thumbnail: text(current?.['thumbnail']), player: text(current?.['player']) as PlayerKind, provider_id: text(current?.['provider_id']) },
    playing: data['playing'] === true,
    position_ms: number(data['position_ms']),
    duration_ms: number(current?.['duration_ms']),
    watching: number(data['watching']) ?? names.length,
    names: names.filter((name) => typeof name === 'string'),
  };
}
