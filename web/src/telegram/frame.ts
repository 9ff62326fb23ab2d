/** Telegram around the page: its edges, its back button, links that lead out, and coming back to it. */
import type { Inset, WebApp } from './web-app';

/** What the back button closes, before anything else. */
const OPEN = 'dialog[open], [aria-expanded="true"]';
const OF_TELEGRAM = /^(t|telegram)\.(me|dog)$/;

export function install(app: WebApp, go: (path: string) => void): void {
  document.documentElement.classList.add('in-telegram');
  insets(app);
  backButton(app);
  links(app, go);
  sideways(app);
  // Back from the background: the page hears of it here where Telegram only covered it.
  app.onEvent('activated', () => document.dispatchEvent(new Event('visibilitychange')));
  app.expand();
  // A queue is sorted by dragging, which must not drag the window away.
  if (app.isVersionAtLeast('7.7')) app.disableVerticalSwipes();
  app.ready();
}

function insets(app: WebApp): void {
  const measure = (): void => {
    for (const side of ['top', 'right', 'bottom', 'left'] as const) {
      const covered = (inset: Inset | undefined): number => inset?.[side] ?? 0;
      document.documentElement.style.setProperty(`--edge-${side}`, `${covered(app.safeAreaInset) + covered(app.contentSafeAreaInset)}px`);
    }
  };
  measure();
  app.onEvent('safeAreaChanged', measure);
  app.onEvent('contentSafeAreaChanged', measure);
}

function backButton(app: WebApp): void {
  if (!app.isVersionAtLeast('6.1')) return;
  let shown = false;
  const look = (): void => {
    const open = document.querySelector(OPEN) !== null;
    if (open === shown) return;
    shown = open;
    if (open) app.BackButton.show();
    else app.BackButton.hide();
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributeFilter: ['open', 'aria-expanded'] });
  app.BackButton.onClick(() => {
    const dialog = document.querySelector<HTMLDialogElement>('dialog[open]');
    if (dialog !== null) dialog.close();
    else (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
  });
}

/** Links to pages of ours stay within the window, all others are opened by Telegram, outside. */
function links(app: WebApp, go: (path: string) => void): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const href = link?.getAttribute('href') ?? '#';
    if (link === null || href.startsWith('#') || link.hasAttribute('download')) return;
    const url = new URL(href, location.href);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return;
    event.preventDefault();
    event.stopPropagation();
    if (url.origin === location.origin && /^\/($|[jr]\/)/.test(url.pathname)) go(url.pathname);
    else if (OF_TELEGRAM.test(url.hostname)) app.openTelegramLink(url.href);
    else app.openLink(url.href);
  }, true);
}

/** A phone on its side shows the film alone, without Telegram's bar. */
function sideways(app: WebApp): void {
  if (!app.isVersionAtLeast('8.0') || !['ios', 'android', 'android_x'].includes(app.platform)) return;
  const turned = matchMedia('(orientation: landscape)');
  const look = (): void => {
    if (turned.matches) app.requestFullscreen();
    else if (app.isFullscreen === true) app.exitFullscreen();
  };
  if (turned.matches) look();
  turned.addEventListener('change', look);
}
