import { afterEach, expect, it, vi } from 'vitest';
import { install } from '../src/telegram/frame';
import { contrast, tokens } from '../src/telegram/theme';
import { initData, startParam, webApp, type WebApp } from '../src/telegram/web-app';

const rgb = (text: string | undefined): [number, number, number] => {
  const [r, g, b] = (/^rgb\((\d+) (\d+) (\d+)\)$/.exec(text ?? '')?.slice(1) ?? []).map(Number);
  return [r ?? NaN, g ?? NaN, b ?? NaN];
};

/** Palettes of Telegram's apps. */
const PALETTES = {
  night: { bg_color: '#17212b', secondary_bg_color: '#232e3c', section_bg_color: '#17212b', text_color: '#f5f5f5', hint_color: '#708499', subtitle_text_color: '#708499' },
  day: { bg_color: '#ffffff', secondary_bg_color: '#f1f1f1', section_bg_color: '#ffffff', text_color: '#000000', hint_color: '#707579' },
  black: { bg_color: '#000000', secondary_bg_color: '#1c1c1d', text_color: '#ffffff', hint_color: '#8e8e93' },
  old: { bg_color: '#212121', text_color: '#ffffff' },
};

it.each(Object.entries(PALETTES))("takes Telegram's colours of %s, and can be read in them", (_, palette) => {
  const set = tokens(palette);
  const ratio = (one: `--${string}`, other: `--${string}`): number => contrast(rgb(set[one]), rgb(set[other]));
  for (const ground of ['--bg', '--surface-1', '--surface-2', '--surface-3'] as const) {
    expect(ratio('--text', ground)).toBeGreaterThan(7);
    expect(ratio('--text-2', ground)).toBeGreaterThan(5.5);
    expect(ratio('--text-3', ground)).toBeGreaterThan(4.5);
  }
  expect(ratio('--line-strong', '--surface-2')).toBeGreaterThan(3);
  expect(set['--surface-1']).not.toBe(set['--bg']);
  expect(Object.keys(set).some((name) => name.includes('accent'))).toBe(false);
});

it('keeps its own colours where those of Telegram cannot be read, or are none', () => {
  expect(tokens({})).toEqual({});
  expect(tokens({ bg_color: '#888888', text_color: '#999999' })).toEqual({});
  expect(tokens({ bg_color: 'url(javascript:1)', text_color: '#fff' })).toEqual({});
});

function app(more: Partial<WebApp> = {}): WebApp {
  return {
    initData: '', initDataUnsafe: {}, platform: 'tdesktop', colorScheme: 'dark', themeParams: {},
    BackButton: { show: vi.fn(), hide: vi.fn(), onClick: vi.fn() },
    isVersionAtLeast: () => true, onEvent: vi.fn(), ready: vi.fn(), expand: vi.fn(), close: vi.fn(), openLink: vi.fn(),
    openTelegramLink: vi.fn(), setHeaderColor: vi.fn(), setBackgroundColor: vi.fn(), disableVerticalSwipes: vi.fn(),
    requestFullscreen: vi.fn(), exitFullscreen: vi.fn(), ...more,
  };
}

const telegram = (said: WebApp | undefined): void => {
  Object.assign(window, { Telegram: said && { WebApp: said } });
};

afterEach(() => {
  telegram(undefined);
  location.hash = '';
});

it('knows a Telegram from a browser in which only its script came', () => {
  expect(webApp()).toBeNull();
  telegram(app({ platform: 'unknown' }));
  expect(webApp()).toBeNull();
  telegram(app());
  expect(webApp()?.platform).toBe('tdesktop');
});

it('finds what Telegram says in the address too, where its script did not come', () => {
  location.hash = '#tgWebAppData=user%3D%257B%257D%26hash%3Dab&tgWebAppVersion=9.0';
  // In a window of no Telegram a link could make its reader somebody else.
  expect(initData()).toBe('');
  vi.stubGlobal('TelegramWebviewProxy', {});
  expect(initData()).toBe('user=%7B%7D&hash=ab');
  telegram(app({ initData: 'from=script' }));
  expect(initData()).toBe('from=script');
});

it('takes nothing for an invite that is none', () => {
  telegram(app({ initDataUnsafe: { start_param: 'Xy12-_Ab' } }));
  expect(startParam()).toBe('Xy12-_Ab');
  telegram(app({ initDataUnsafe: { start_param: '../r/1' } }));
  expect(startParam()).toBeNull();
});

it('asks an old Telegram for nothing that it does not know', () => {
  const [ready, newer] = [vi.fn(), vi.fn()];
  const back = { show: newer, hide: newer, onClick: newer };
  const old = { isVersionAtLeast: () => false, ready, disableVerticalSwipes: newer, requestFullscreen: newer, BackButton: back };
  install(app(old), () => undefined);
  expect(ready).toHaveBeenCalled();
  expect(newer).not.toHaveBeenCalled();
});
