/** Icons: one sprite, a file beside the page, put into it once; and references to it. */
import sprite from './icons.svg?url';

export type IconName =
  | 'play' | 'pause' | 'back10' | 'fwd10' | 'volume' | 'muted' | 'settings' | 'pip' | 'theatre' | 'full' | 'invite' | 'link'
  | 'copy' | 'check' | 'insync' | 'adjust' | 'hourglass' | 'alert' | 'offline' | 'x' | 'down' | 'up' | 'send'
  | 'plus' | 'chat' | 'people' | 'queue' | 'activity' | 'skip' | 'lock' | 'globe' | 'clock' | 'more' | 'discord'
  | 'telegram' | 'grip' | 'undo' | 'back' | 'vote' | 'external' | 'sun' | 'film' | 'logo';

/** Puts the sprite into the page, so that icons are there without a line too. */
export async function installIcons(): Promise<void> {
  const answer = await fetch(sprite);
  const parsed = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml').documentElement;
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
