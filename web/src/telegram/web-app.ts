/**
 * The object through which a page talks to the Telegram that shows it: as much of it as is used, as
 * https://core.telegram.org/bots/webapps describes it. Telegram's own script makes it.
 */

/** Colours of Telegram's theme, `#rrggbb`; which of them there are depends on its version. */
export type ThemeParams = Readonly<Partial<Record<
  'bg_color' | 'secondary_bg_color' | 'section_bg_color' | 'text_color' | 'hint_color' | 'subtitle_text_color',
  string
>>>;

/** Pixels. */
export interface Inset {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

type Event =
  | 'themeChanged' | 'activated' | 'safeAreaChanged' | 'contentSafeAreaChanged';

export interface WebApp {
  /** What Telegram says of who opened the page, signed; empty outside of Telegram. */
  readonly initData: string;
  readonly initDataUnsafe: { readonly start_param?: string };
  readonly platform: string;
  readonly colorScheme: 'light' | 'dark';
  readonly themeParams: ThemeParams;
  readonly isFullscreen?: boolean;
  /** What the device's own edges cover. */
  readonly safeAreaInset?: Inset;
  /** What Telegram's own buttons cover within that. */
  readonly contentSafeAreaInset?: Inset;
  readonly BackButton: {
    show(): void;
    hide(): void;
    onClick(pressed: () => void): void;
  };
  isVersionAtLeast(version: string): boolean;
  onEvent(event: Event, happened: () => void): void;
  ready(): void;
  expand(): void;
  close(): void;
  openLink(url: string): void;
  openTelegramLink(url: string): void;
  setHeaderColor(colour: string): void;
  setBackgroundColor(colour: string): void;
  disableVerticalSwipes(): void;
  requestFullscreen(): void;
  exitFullscreen(): void;
}

declare global {
  interface Window {
    readonly Telegram?: { readonly WebApp?: WebApp };
  }
}

/** The Telegram that shows this page; nothing in a browser, or where its script did not come. */
export function webApp(): WebApp | null {
  const app = window.Telegram?.WebApp;
  // Without Telegram the script makes one all the same, of an unknown platform.
  return app === undefined || app.platform === 'unknown' ? null : app;
}

/** What Telegram says of who opened the page. It stands in the address too, for when the script does not come. */
export function initData(): string {
  const said = window.Telegram?.WebApp?.initData ?? '';
  // In any other window a link could make its reader somebody else.
  const within = window.parent !== window || 'TelegramWebviewProxy' in window;
  return said !== '' || !within ? said : (new URLSearchParams(location.hash.slice(1)).get('tgWebAppData') ?? '');
}

/** What the link carried that was opened. Not signed: an invite, which is looked at again. */
export function startParam(): string | null {
  const said = window.Telegram?.WebApp?.initDataUnsafe.start_param ?? new URLSearchParams(location.search).get('tgWebAppStartParam');
  return said !== null && /^[\w-]{1,512}$/.test(said) ? said : null;
}
