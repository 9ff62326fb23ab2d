/**
 * What this browser remembers: who one is, which rooms one was in, volume, theme, learnt leads, consents.
 * Storage may be forbidden or full; then nothing is remembered and nothing breaks.
 */
import type { Still } from './protocol';
import type { Leads } from './sync/tuning';

const PREFIX = 'onecouch.';

/** `here` is in this window alone, for as long as it is open. */
type Where = 'everywhere' | 'here';

const storage = (where: Where): Storage => (where === 'here' ? sessionStorage : localStorage);

export function read(name: string, where: Where = 'everywhere'): string | null {
  try {
    return storage(where).getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function write(name: string, value: string | null, where: Where = 'everywhere'): void {
  try {
    if (value === null) storage(where).removeItem(PREFIX + name);
    else storage(where).setItem(PREFIX + name, value);
  } catch {
    // Not remembered, then.
  }
}

export function readJson(name: string): unknown {
  try {
    return JSON.parse(read(name) ?? 'null');
  } catch {
    return null;
  }
}

/** The token also lives here for as long as the page is open, for browsers that forbid storage. */
let held: string | null = null;
/** Within Telegram it lives in this window alone: whoever opens the page next is whom Telegram says then. */
const kept: Where = location.pathname === '/tg' ? 'here' : 'everywhere';

/** Keeps a token for as long as the page is open, and nowhere else. */
export const holdToken = (value: string): void => {
  held = value;
};

export const token = {
  get: (): string | null => held ?? read('token', kept),
  set: (value: string | null): void => {
    held = value;
    write('token', value, kept);
  },
};

export const name = {
  get: (): string => read('name') ?? '',
  set: (value: string): void => write('name', value),
};

/** The tag of the language that the reader chose; empty where the browser's own counts. */
export const language = {
  get: (): string => read('language') ?? '',
  set: (value: string): void => write('language', value === '' ? null : value),
};

/** Whether keys of one letter do something. */
export const keys = {
  get: (): boolean => read('keys') !== 'off',
  set: (on: boolean): void => write('keys', on ? null : 'off'),
};

export type Theme = 'auto' | 'dark' | 'light';

export const theme = {
  get: (): Theme => {
    const value = read('theme');
    return value === 'auto' || value === 'light' ? value : 'dark';
  },
  set: (value: Theme): void => {
    write('theme', value);
    const light = value === 'light' || (value === 'auto' && matchMedia('(prefers-color-scheme: light)').matches);
    document.documentElement.dataset['theme'] = light ? 'light' : 'dark';
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', light ? '#f5f3ef' : '#0d0c0a');
  },
};

export interface Loudness {
  /** 0 to 1. */
  readonly volume: number;
  readonly muted: boolean;
}

const within = (value: unknown, low: number, high: number, otherwise: number): number =>
  typeof value === 'number' && value >= low && value <= high ? value : otherwise;

export const loudness = {
  get: (): Loudness => {
    const value = readJson('loudness') as Partial<Loudness> | null;
    return { volume: within(value?.volume, 0, 1, 1), muted: value?.muted === true };
  },
  set: (value: Loudness): void => write('loudness', JSON.stringify(value)),
};

/** How late this person hears the sound, ms. */
export const soundDelay = {
  get: (): number => within(readJson('delay'), -500, 500, 0),
  set: (value: number): void => write('delay', String(value)),
};

/** What starting and seeking cost a kind of player here; `first` where it was not learnt yet. */
export const leads = {
  get: (player: string, first: Leads): Leads => {
    const value = readJson(`leads.${player}`) as Partial<Leads> | null;
    return { play: within(value?.play, 0, 600, first.play), seek: within(value?.seek, 0, 1500, first.seek) };
  },
  set: (player: string, value: Leads): void =>
    write(`leads.${player}`, JSON.stringify({ play: Math.round(value.play), seek: Math.round(value.seek) })),
};

const consenting = new Set<() => void>();

export const consent = {
  given: (provider: string): boolean => read(`consent.${provider}`) === 'yes',
  give: (provider: string): void => {
    write(`consent.${provider}`, 'yes');
    for (const listener of [...consenting]) listener();
  },
  /** Hears of each that is given. */
  listen: (listener: () => void): (() => void) => {
    consenting.add(listener);
    return () => consenting.delete(listener);
  },
};

export interface RecentRoom {
  readonly id: string;
  readonly title: string;
  readonly film: string | null;
  readonly still: Still | null;
  /** Where the film stood, and its length, ms. */
  readonly position_ms: number | null;
  readonly duration_ms: number | null;
  /** Unix ms. */
  readonly used: number;
}

const isRecent = (value: unknown): value is RecentRoom =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' &&
  'title' in value && typeof value.title === 'string' && 'used' in value && typeof value.used === 'number';

export const recentRooms = {
  get: (): readonly RecentRoom[] => {
    const value = readJson('rooms');
    return Array.isArray(value) ? value.filter(isRecent) : [];
  },
  remember: (room: RecentRoom): void => {
    const others = recentRooms.get().filter((other) => other.id !== room.id);
    write('rooms', JSON.stringify([room, ...others].slice(0, 6)));
  },
  forget: (id: string): void => write('rooms', JSON.stringify(recentRooms.get().filter((room) => room.id !== id))),
};
