// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CAPABILITIES, kindOf, siteKey } from '../src/players/capabilities';
import frames from '../src/players/frames.json';
import { open as openEmbed } from '../src/players/embed';
import { open as openTwitch } from '../src/players/twitch';
import { open as openVimeo } from '../src/players/vimeo';
import { open as openYouTube } from '../src/players/youtube';
import { sourcesOf } from '../src/players/source';
import { ofStatus } from '../src/players/diagnosis';
import { reasonOf as reasonOfDash } from '../src/players/dash';
import { reasonOf as reasonOfHls } from '../src/players/hls';
import type { PlayerPort } from '../src/players/port';
import type { Item } from '../src/protocol';
import { FakeFrame } from './fake-frame';
import { item } from './frames';

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  open.splice(0).forEach((player) => player.destroy());
  vi.useRealTimers();
});

const open: PlayerPort[] = [];
const stage = (player: PlayerPort): FakeFrame => {
  open.push(player);
  return new FakeFrame(player);
};
const VIDEO: Partial<Item> = { player: 'youtube', provider_id: 'eRsGyueVLvQ', url: 'https://www.youtube.com/watch?v=eRsGyueVLvQ' };
const youtube = (part: Partial<Item> = {}): FakeFrame => stage(openYouTube(item('y', { ...VIDEO, ...part })));
const vimeo = (url = 'https://vimeo.com/76979871'): FakeFrame => stage(openVimeo(item('v', { player: 'vimeo', provider_id: '76979871', url })));
const twitch = (part: Partial<Item> = {}): FakeFrame =>
  stage(openTwitch(item('t', { player: 'twitch', provider_id: 'v123', url: 'https://www.twitch.tv/videos/123', ...part })));

describe('the table of players', () => {
  it('has a frame for each site of somebody else, and nobody else has one', () => {
    const sites = Object.entries(CAPABILITIES).filter(([, kind]) => kind.site !== null).map(([player]) => player);
    const embeds = Object.keys(frames).filter((site) => kindOf({ player: 'embed', provider_id: `${site}:x` }) !== null);
    expect(Object.keys(frames).sort()).toEqual([...sites, ...embeds].sort());
  });

  it('knows which site an embed is of, and none for a site of a newer server', () => {
    expect(siteKey({ player: 'embed', provider_id: 'kick:somebody' })).toBe('kick');
    expect(kindOf({ player: 'embed', provider_id: 'kick:somebody' })?.tuning).toBeNull();
    expect(kindOf({ player: 'embed', provider_id: 'constructor:x' })).toBeNull();
    expect(kindOf({ player: 'embed', provider_id: 'later:x' })).toBeNull();
    expect(kindOf({ player: 'twitch', provider_id: 'clip:Funny' })?.tuning).toBeNull();
    expect(kindOf({ player: 'twitch', provider_id: 'v123' })?.tuning).toBe('seeking');
  });
});

describe('YouTube', () => {
  const ready = (frame: FakeFrame): void => frame.says(JSON.stringify({ event: 'initialDelivery', info: { duration: 120, playerState: -1 } }));
  const state = (frame: FakeFrame, playerState: number, currentTime?: number): void =>
    frame.says(JSON.stringify({ event: 'infoDelivery', info: { playerState, ...(currentTime !== undefined && { currentTime }) } }));
  const called = (frame: FakeFrame): string[] => frame.heard().map((message) => (message as { func?: string }).func ?? 'hello');

  it('is greeted until it answers, asked for its events, and then told what was wanted meanwhile', async () => {
    const frame = youtube();
    frame.player.setVolume(0.5);
    await pass(600);
    expect(called(frame)).toEqual(['hello', 'hello']);
    ready(frame);
    expect(called(frame)).toEqual(['addEventListener', 'addEventListener', 'addEventListener', 'setVolume']);
    await pass(2000);
    expect(called(frame)).toEqual([]);
    expect(frame.player.duration()).toBe(120_000);
  });

  it('hears its own frame and nobody else', () => {
    const frame = youtube();
    frame.says(JSON.stringify({ event: 'onError', info: 150 }), { origin: 'https://evil.example' });
    frame.says(JSON.stringify({ event: 'onError', info: 150 }), { source: window });
    frame.says('{');
    expect(frame.player.failure).toBeNull();
  });

  it('is given a rate only once it has played, and is cued rather than sought before', async () => {
    const frame = youtube();
    ready(frame);
    frame.heard();
    frame.player.setRate(1.25);
    frame.player.seek(30_000);
    expect(called(frame)).toEqual(['cueVideoById']);
    const played = frame.player.play();
    state(frame, 3);
    state(frame, 1, 30);
    await expect(played).resolves.toBe('playing');
    expect(called(frame)).toEqual(['playVideo', 'setPlaybackRate']);
    frame.player.seek(60_000);
    expect(called(frame)).toEqual(['seekTo']);
  });

  it('carries a report on for a second and no longer', async () => {
    const frame = youtube();
    ready(frame);
    void frame.player.play();
    state(frame, 1, 10);
    await pass(400);
    expect(frame.player.time()).toBe(10_400);
    await pass(5000);
    expect(frame.player.time()).toBe(11_000);
  });

  it('is blocked where it says so, and where it says nothing for so long', async () => {
    const frame = youtube();
    ready(frame);
    const said = frame.player.play();
    frame.says(JSON.stringify({ event: 'onAutoplayBlocked', info: null }));
    await expect(said).resolves.toBe('blocked');
    const silent = frame.player.play();
    await pass(1500);
    await expect(silent).resolves.toBe('blocked');
  });

  it('tells a press in its own controls from what follows an order, and a pause from a part of a seek', async () => {
    const frame = youtube();
    ready(frame);
    void frame.player.play();
    state(frame, 1, 10);
    await pass(500);
    state(frame, 2, 10.5);
    state(frame, 1, 10.5);
    await pass(2000);
    expect(frame.signals).not.toContain('paused');
    state(frame, 2, 12.5);
    await pass(200);
    expect(frame.player.paused()).toBe(false);
    state(frame, 1, 12.5);
    await pass(1000);
    expect(frame.signals).not.toContain('paused');
    state(frame, 2, 13.5);
    await pass(400);
    expect(frame.signals.at(-1)).toBe('paused');
    await pass(2000);
    state(frame, 1, 13.5);
    expect(frame.signals.at(-1)).toBe('played');
  });

  it('tells a seek in its own controls, but no late report of a place that it left and no stall', async () => {
    const frame = youtube();
    ready(frame);
    void frame.player.play();
    state(frame, 1, 10);
    await pass(2000);
    state(frame, 1, 12);
    frame.player.seek(60_000);
    state(frame, 1, 12.2);
    expect(frame.player.time()).toBeGreaterThanOrEqual(60_000);
    await pass(3000);
    state(frame, 1, 60.5);
    await pass(3000);
    state(frame, 1, 61);
    expect(frame.signals).not.toContain('sought');
    state(frame, 1, 90);
    expect(frame.signals).toContain('sought');
  });

  it('takes a jump for the person\'s however soon after an order to play it comes', async () => {
    const frame = youtube();
    ready(frame);
    void frame.player.play();
    state(frame, 1, 10);
    await pass(2000);
    state(frame, 2, 12);
    void frame.player.play();
    state(frame, 1, 12);
    expect(frame.signals).not.toContain('sought');
    state(frame, 1, 42);
    expect(frame.signals).toContain('sought');
  });

  it('is in an advertisement while it plays and stands, or was started and does nothing; neither is paused', async () => {
    const frame = youtube();
    ready(frame);
    const played = frame.player.play();
    state(frame, 3);
    state(frame, -1);
    await pass(1500);
    await expect(played).resolves.toBe('playing');
    expect([frame.player.advert?.(), frame.player.paused()]).toEqual([true, false]);
    state(frame, 1, 0.1);
    expect(frame.player.advert?.()).toBe(false);
    await pass(2600);
    expect(frame.player.advert?.()).toBe(true);
    state(frame, 1, 2);
    expect(frame.player.advert?.()).toBe(false);
  });

  it.each([[2, 'not_found'], [5, 'trouble'], [100, 'gone'], [101, 'forbidden'], [150, 'forbidden'], [153, 'no_referrer'], [7, 'unknown']])(
    'fails with %i because of %s',
    (code, why) => {
      const frame = youtube();
      ready(frame);
      frame.says(JSON.stringify({ event: 'onError', info: code }));
      expect(frame.player.failure).toBe(why);
      expect(frame.signals.at(-1)).toBe('failed');
    },
  );

  it('that never says a word fails for that, and is not heard any more once it is gone', async () => {
    const frame = youtube();
    await pass(20_000);
    expect(frame.player.failure).toBe('silent');
    const other = youtube();
    other.player.destroy();
    ready(other);
    await pass(30_000);
    expect([other.player.failure, other.player.loaded()]).toEqual([null, false]);
  });
});

describe('Vimeo', () => {
  const ready = (frame: FakeFrame): void => {
    frame.says('{"event":"ready"}');
    frame.says('{"method":"getDuration","value":200}');
  };
  const happens = (frame: FakeFrame, event: string, data: object = {}): void => frame.says(JSON.stringify({ event, data }));
  const methods = (frame: FakeFrame): string[] => frame.heard().map((message) => (message as { method: string }).method);

  it('is asked for by its number, and an unlisted one with its hash', () => {
    expect(vimeo().src.pathname).toBe('/video/76979871');
    expect(vimeo().src.searchParams.get('h')).toBeNull();
    expect(vimeo('https://vimeo.com/76979871/0ab1c2').src.searchParams.get('h')).toBe('0ab1c2');
  });

  it('carries its four reports a second on, and keeps to the rates it knows', async () => {
    const frame = vimeo();
    ready(frame);
    frame.heard();
    const played = frame.player.play();
    happens(frame, 'playing', { seconds: 5, duration: 200 });
    await expect(played).resolves.toBe('playing');
    happens(frame, 'timeupdate', { seconds: 5.25, duration: 200 });
    await pass(100);
    expect(frame.player.time()).toBeCloseTo(5350, 0);
    frame.player.setRate(4);
    expect(frame.heard().at(-1)).toEqual({ method: 'setPlaybackRate', value: 2 });
    happens(frame, 'bufferstart');
    expect(frame.player.ready()).toBe(false);
    happens(frame, 'bufferend');
    expect(frame.player.ready()).toBe(true);
  });

  it('whose owner forbids rates is sought into place from then on', () => {
    const frame = vimeo();
    ready(frame);
    happens(frame, 'error', { name: 'Error', method: 'setPlaybackRate', message: 'no' });
    expect(frame.player.caps).toMatchObject({ rates: null, tuning: 'seeking' });
    expect(frame.player.failure).toBeNull();
  });

  it('says that it was blocked, and why it cannot be played', async () => {
    const frame = vimeo();
    ready(frame);
    const played = frame.player.play();
    happens(frame, 'error', { name: 'NotAllowedError', method: 'play' });
    await expect(played).resolves.toBe('blocked');
    happens(frame, 'error', { name: 'RangeError', method: 'setCurrentTime' });
    expect(frame.player.failure).toBeNull();
    const other = vimeo();
    happens(other, 'error', { name: 'PrivacyError', method: 'ready' });
    expect(other.player.failure).toBe('forbidden');
    const secret = vimeo();
    happens(secret, 'error', { name: 'PasswordError', method: 'ready' });
    expect(secret.player.failure).toBe('private');
  });

  it('is asked whether it is ready until it says so', async () => {
    const frame = vimeo();
    await pass(500);
    expect(methods(frame)).toEqual(['ping', 'ping']);
    frame.says('{"method":"ping"}');
    expect(methods(frame)).toContain('getDuration');
  });
});

describe('Twitch', () => {
  const state = (frame: FakeFrame, params: object): void =>
    frame.says({ namespace: 'twitch-embed-player-proxy', eventName: 'UPDATE_STATE', params });
  const ready = (frame: FakeFrame): void => frame.says({ namespace: 'twitch-embed', eventName: 'ready' });
  const orders = (frame: FakeFrame): [unknown, unknown][] =>
    frame.heard().map((message) => [(message as { eventName: unknown }).eventName, (message as { params: unknown }).params]);

  it('is named the page that frames it, and told nothing before it is ready', async () => {
    const frame = twitch();
    expect([...frame.src.searchParams]).toEqual([['video', 'v123'], ['parent', location.hostname], ['autoplay', 'false']]);
    void frame.player.play();
    await pass(1000);
    expect(orders(frame)).toEqual([]);
    ready(frame);
    expect(orders(frame)).toEqual([[3, undefined]]);
    expect([frame.player.loaded(), frame.signals]).toEqual([true, ['change']]);
  });

  it('plays, seeks and stands by blind orders, and has no rates', async () => {
    const frame = twitch();
    ready(frame);
    state(frame, { duration: 120, currentTime: 0, playback: 'Ready' });
    const played = frame.player.play();
    state(frame, { currentTime: 0, playback: 'Playing', stats: { videoStats: { bufferSize: 8 } } });
    await expect(played).resolves.toBe('playing');
    expect(frame.player.bufferedUntil()).toBe(8000);
    frame.player.setRate(2);
    frame.player.seek(30_000);
    frame.player.setMuted(true);
    expect(orders(frame)).toEqual([[3, undefined], [4, 30], [10, true]]);
    expect(frame.player.caps.rates).toBeNull();
  });

  it('of a channel has no place to go to, and says when nobody is there', () => {
    const frame = twitch({ live: true, provider_id: 'somebody' });
    expect(frame.src.searchParams.get('channel')).toBe('somebody');
    ready(frame);
    frame.heard();
    frame.player.seek(10_000);
    expect(orders(frame)).toEqual([]);
    expect([frame.player.loaded(), frame.player.duration()]).toEqual([true, null]);
    frame.says({ namespace: 'twitch-embed', eventName: 'offline' });
    expect(frame.player.failure).toBe('offline');
  });
});

describe('frames that take no orders', () => {
  const src = (part: Partial<Item>, position = 0): string | null => {
    const player = openEmbed(item('e', part), { position });
    if (player !== null) open.push(player);
    return player === null ? null : (player.node as HTMLIFrameElement).src;
  };
  const embed = (provider_id: string, more: Partial<Item> = {}): Partial<Item> => ({ player: 'embed', provider_id, ...more });

  it('are made from ids, which cannot leave their place', () => {
    expect(src(embed('kick:somebody', { live: true }))).toBe('https://player.kick.com/somebody');
    expect(src(embed('kick:../x?y#z"'))).toBe('https://player.kick.com/..%2Fx%3Fy%23z%22');
    expect(src(embed('tiktok:73012'))).toBe('https://www.tiktok.com/player/v1/73012');
    expect(src(embed('streamable:moo12'))).toBe('https://streamable.com/e/moo12');
    expect(src(embed('rumble:v17j3tt'))).toBe('https://rumble.com/embed/v17j3tt/');
    expect(src(embed('odysee:@Some:1/title:2'))).toBe('https://odysee.com/$/embed/%40Some%3A1/title%3A2');
    const page = { url: 'https://www.facebook.com/watch/?v=1&x' };
    expect(src(embed('facebook:1', page))).toBe('https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fwatch%2F%3Fv%3D1%26x&show_text=false');
    expect(src({ player: 'twitch', provider_id: 'clip:Funny-1' })).toContain('https://clips.twitch.tv/embed?clip=Funny-1&parent=');
    expect(src(embed('later:x'))).toBeNull();
  });

  it('begin where the room is, where their site knows how', () => {
    expect(src({ player: 'dailymotion', provider_id: 'x8abcde' }, 90_400)).toBe('https://geo.dailymotion.com/player.html?video=x8abcde&startTime=90');
    expect(src(embed('bilibili:BV1xx411c7mD:3'), 5000)).toBe('https://player.bilibili.com/player.html?bvid=BV1xx411c7mD&autoplay=0&p=3&t=5');
    expect(src(embed('kick:somebody'), 90_000)).toBe('https://player.kick.com/somebody');
  });

  it('may run their scripts and touch nothing of the page', () => {
    const player = openEmbed(item('e', embed('kick:somebody')), { position: 0 });
    expect(player?.node.getAttribute('sandbox')).toBe('allow-scripts allow-same-origin allow-presentation');
    expect(youtube().player.node.getAttribute('sandbox')).toContain('allow-scripts allow-same-origin allow-presentation');
    expect(youtube().player.node.getAttribute('sandbox')).not.toMatch(/top-navigation|allow-modals|allow-forms/);
  });
});

describe('where a film is played from', () => {
  const https = { protocol: 'https:' };
  const film = (part: Partial<Item>): Item => item('f', part);

  it('is its own link, then the relay', () => {
    expect(sourcesOf(film({ url: 'https://a.example/f.mp4' }), https)).toEqual(['https://a.example/f.mp4']);
    expect(sourcesOf(film({ url: 'https://a.example/f.mp4', relay_url: '/media/relay/1' }), https)).toEqual(['https://a.example/f.mp4', '/media/relay/1']);
  });

  it('is the relay alone where the browser forbids the link, and nothing without one', () => {
    expect(sourcesOf(film({ url: 'http://a.example/f.mp4', relay_url: '/media/relay/1' }), https)).toEqual(['/media/relay/1']);
    expect(sourcesOf(film({ url: 'http://a.example/f.mp4' }), https)).toEqual([]);
    expect(sourcesOf(film({ url: 'http://127.0.0.1:8080/f.mp4' }), https)).toHaveLength(1);
    expect(sourcesOf(film({ url: 'http://a.example/f.mp4' }), { protocol: 'http:' })).toHaveLength(1);
  });
});

describe('what is wrong with a stream', () => {
  it('is told by its status, its codec or its rights', () => {
    expect([404, 410, 401, 403, 451, 500, 200].map(ofStatus)).toEqual([
      'not_found', 'not_found', 'refused', 'refused', 'refused', 'unreachable', 'unplayable',
    ]);
    const hls = (type: string, details: string, code?: number): unknown =>
      reasonOfHls({ type, details, ...(code !== undefined && { response: { code } }) } as never, 'https://a.example/f.m3u8');
    expect(hls('networkError', 'manifestLoadError', 404)).toBe('not_found');
    expect(hls('networkError', 'fragLoadError', 403)).toBe('refused');
    expect(hls('mediaError', 'bufferAddCodecError')).toBe('codec');
    expect(hls('keySystemError', 'keySystemNoAccess')).toBe('protected');
    expect(hls('networkError', 'manifestParsingError')).toBe('unplayable');
    expect([35, 100, 31, 33].map((code) => reasonOfDash(code, 'https://a.example/f.mpd'))).toEqual(['codec', 'protected', 'unplayable', null]);
  });

  it('is asked of the source where a status is hidden: one that only lets nobody read it needs the relay', async () => {
    vi.useRealTimers();
    const asked = vi.fn((_url: string, init: RequestInit) =>
      init.mode === 'no-cors' ? Promise.resolve(new Response()) : Promise.reject(new TypeError('Failed to fetch')));
    vi.stubGlobal('fetch', asked);
    const hidden = reasonOfHls({ type: 'networkError', details: 'manifestLoadError', response: { code: 0 } } as never, 'https://a.example/f.m3u8');
    await expect(hidden).resolves.toBe('needs_relay');
    asked.mockImplementation(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(reasonOfDash(25, 'https://a.example/f.mpd')).resolves.toBe('unreachable');
    vi.unstubAllGlobals();
  });
});
