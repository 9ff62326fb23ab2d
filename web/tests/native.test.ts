// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { MediaPlayer, type Bring } from '../src/players/native';
import type { Failure } from '../src/players/port';
import { item } from './frames';

const film = { url: 'https://a.example/f.m3u8', relay_url: '/media/relay/1' };

/** A player, what it was brought from, and how that goes wrong. */
async function player(part = {}) {
  const urls: string[] = [];
  const stopped: string[] = [];
  const fails: ((why: Failure) => void)[] = [];
  const bring: Bring = (_element, url, fail) => {
    urls.push(url);
    fails.push(fail);
    return { stop: () => stopped.push(url) };
  };
  const one = new MediaPlayer(item('f', { ...film, ...part }), bring);
  const signals: string[] = [];
  one.onSignal((signal) => signals.push(signal));
  await Promise.resolve();
  return { one, urls, stopped, fails, signals };
}

it('goes on to the relay where its own link fails, and says the last reason where that fails too', async () => {
  const { one, urls, stopped, fails, signals } = await player();
  expect(urls).toEqual([film.url]);
  fails[0]?.('needs_relay');
  expect(urls).toEqual([film.url, film.relay_url]);
  expect(stopped).toEqual([film.url]);
  expect([one.failure, signals]).toEqual([null, []]);
  fails[0]?.('unreachable');
  expect(urls).toHaveLength(2);
  fails[1]?.('not_found');
  expect([one.failure, signals]).toEqual(['not_found', ['failed']]);
});

it('fails at once where the link alone is not enough', async () => {
  const { one, fails, signals } = await player({ relay_url: null });
  fails[0]?.('needs_relay');
  expect([one.failure, signals]).toEqual(['needs_relay', ['failed']]);
});

it('brings nothing once it is gone', async () => {
  const { one, urls, stopped, fails, signals } = await player();
  one.destroy();
  fails[0]?.('needs_relay');
  expect([urls, stopped, signals]).toEqual([[film.url], [film.url], []]);
});
