/** Small parts that many components share: avatar, origin, thumbnail, role chip, spinner. */
import type { Door, Role, Still } from '../protocol';
import { clockText, t } from '../words';
import { Icon } from './Icon';
import { useStill } from './still';

/** A still that does not load leaves its place. */
const hide = (event: Event) => { (event.currentTarget as HTMLElement).hidden = true; };

/** Custom properties for `style`; set through the CSSOM, which the page's CSP permits. */
export const vars = (values: Readonly<Record<`--${string}`, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

const HUES = [30, 340, 210, 95, 155, 250, 60, 290, 185, 10] as const;

/** The same person has the same hue everywhere and for everybody. */
function hueOf(person: string): number {
  let sum = 0;
  for (const char of person) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return HUES[sum % HUES.length] ?? 30;
}

export function Avatar({ person, name, size }: { readonly person: string; readonly name: string; readonly size?: number }) {
  const first = String.fromCodePoint(name.trim().codePointAt(0) ?? 63);
  return (
    <span class="av" aria-hidden="true" style={vars({ '--hue': hueOf(person), ...(size === undefined ? {} : { '--size': `${size}px` }) })}>
      {first.toLocaleUpperCase()}
    </span>
  );
}

/** Where a line was written or a deed was done, if that is a chat. */
export function Origin({ door, named }: { readonly door: Door | undefined; readonly named?: boolean }) {
  if (door !== 'discord' && door !== 'telegram') return null;
  const word = t(`door.${door}`);
  return (
    <span class={`from from--${door}`} title={word}>
      <Icon name={door} />
      <span class={named === true ? undefined : 'vh'}>{word}</span>
    </span>
  );
}

export const RoleChip = ({ role }: { readonly role: Role }) =>
  role === 'guest' || role === 'registered' ? null : <span class="chip">{t(`role.${role}`)}</span>;

export const YouChip = () => <span class="chip chip--you">{t('you')}</span>;

interface ThumbProps {
  readonly still: Still | null;
  /** Put over it. */
  readonly length?: number | null;
  readonly width?: number;
}

export function Thumb({ still, length = null, width }: ThumbProps) {
  const picture = useStill(still);
  return (
    <span class="thumb" style={width === undefined ? undefined : { width: `${width}px` }}>
      {picture === null ? (
        <span class="thumb-none"><Icon name="film" /></span>
      ) : (
        <img src={picture} alt="" loading="lazy" referrerpolicy="no-referrer" onError={hide} />
      )}
      {length !== null && <span class="len">{clockText(length)}</span>}
    </span>
  );
}

export const Spinner = () => (
  <svg class="spin" viewBox="0 0 36 36" aria-hidden="true">
    <circle cx="18" cy="18" r="15" opacity=".25" />
    <circle cx="18" cy="18" r="15" />
  </svg>
);

/** The host part of a link, without `www.`; nothing where it is none. */
export function siteText(url: string): string {
  try {
    const { hostname } = new URL(url, location.href);
    return hostname.replace(/^www\./, '');
  } catch {
    return '';
  }
}
