/** Icons: one sprite, a file beside the page, put into it once; and references to it. */
import sprite from './icons.svg?url';

export type IconName =
  | 'play' | 'pause' | 'back10' | 'fwd10' | 'volume' | 'muted' | 'settings' | 'pip' | 'theatre' | 'full' | 'invite' | 'link'
  | 'copy' | 'check' | 'insync' | 'adjust' | 'hourglass' | 'alert' | 'offline' | 'x' | 'down' | 'up' | 'send'
  | 'plus' | 'chat' | 'people' | 'queue' | 'activity' | 'skip' | 'lock' | 'globe' | 'clock' | 'more' | 'discord'
  | 'heart' | 'laugh' | 'wow' | 'sad' | 'clap' | 'fire' | 'smile' | 'reply' | 'pen' | 'bin' | 'captions' | 'hand' | 'bell' | 'phone' | 'right' | 'minus'
  | 'shuffle' | 'download' | 'calendar' | 'list' | 'next' | 'shield'
  | 'out' | 'search' | 'telegram' | 'grip' | 'undo' | 'back' | 'vote' | 'external' | 'sun' | 'film' | 'qr' | 'upload' | 'logo';

/** Fetches the sprite and puts it into the page, so that icons are there without a line too. */
export const installIcons = async (): Promise<void> => putIcons(await (await fetch(sprite)).text());

/** Puts a sprite into the page. */
export function putIcons(text: string): void {
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  const svg = document.importNode(parsed, true);
  svg.setAttribute('class', 'sprite');
  svg.setAttribute('aria-hidden', 'true');
  document.body.prepend(svg);
}

export function Icon({ name, size }: { readonly name: IconName; readonly size?: 14 | 16 | 24 }) {
  return (
    <svg class={size === undefined ? 'i' : `i i-${size}`} viewBox="0 0 24 24" aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}

export const Logo = ({ small }: { readonly small?: boolean }) => (
  <svg class={small === true ? 'logo sm' : 'logo'} viewBox="0 0 24 24" aria-hidden="true">
    <use href="#i-logo" />
  </svg>
);
