import { beforeAll, describe, expect, it, vi } from 'vitest';
import type * as Boot from '../src/activity/boot';
import type * as Films from '../src/activity/here';
import type { Item } from '../src/protocol';

const HOME = 'https://couch.example';
let films: typeof Films;
let boot: typeof Boot;

beforeAll(async () => {
  const data = document.createElement('script');
  data.type = 'application/json';
  data.id = 'boot';
  data.textContent = JSON.stringify({ activity: { application_id: '900000000000000001', public_url: HOME } });
  document.body.append(data);
  boot = await import('../src/activity/boot');
  films = await import('../src/activity/here');
});

const film = (url: string, more: Partial<Item> & { relay_url?: string | null } = {}): Item =>
  ({ id: '1', url, player: 'video', live: false, title: null, duration_ms: null, thumbnail: null, ...more }) as Item;

describe('in the frame of Discord', () => {
  it('knows the application by all of its digits', () => {
    expect(boot.boot).toEqual({ application: '900000000000000001', home: HOME });
  });

  it('reaches this server under the address of the page, and nobody else', () => {
    expect(boot.ours(`${HOME}/media/files/a%20film.mp4?x=1`)).toBe('/media/files/a%20film.mp4?x=1');
    expect(boot.ours('/media/relay/abc')).toBe('/media/relay/abc');
    for (const url of ['https://couch.example.evil/x.mp4', 'https://films.example/x.mp4', 'http://couch.example/x.mp4', '']) {
      expect(boot.ours(url)).toBeNull();
    }
  });

  it('plays what this server serves or relays, from where the page may load it, and nothing else', () => {
    const { here } = films;
    expect(here(film(`${HOME}/media/files/x.mp4`))?.url).toBe('/media/files/x.mp4');
    expect(here(film('https://films.example/x.m3u8', { player: 'hls', relay_url: '/media/relay/abc' }))?.url).toBe('/media/relay/abc');
    for (const other of [film('https://films.example/x.mp4', { relay_url: null }), film(`${HOME}/x`, { player: 'youtube' }), null]) {
      expect(here(other)).toBeNull();
    }
  });

  it('brings a player that comes aside also where the policy names nobody', async () => {
    const { aside } = await import('../src/activity/aside');
    const fetched = vi.fn(() => Promise.resolve(new Response('export const open = () => "played";')));
    vi.stubGlobal('fetch', fetched);
    // There is no such file to import, as in a frame without an origin; what was fetched is imported as data here.
    vi.spyOn(URL, 'createObjectURL').mockReturnValue('data:text/javascript,export const open = () => "played";');
    vi.spyOn(URL, 'revokeObjectURL').mockReturnValue(undefined);
    const player = await aside<{ open: () => string }>('/assets/activity-hls-none.js');
    expect(player.open()).toBe('played');
    expect(fetched).toHaveBeenCalledWith('/assets/activity-hls-none.js');
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
});
