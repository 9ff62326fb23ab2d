/** Deeds in words: for Activity, and for the quiet lines of the chat. */
import type { Deed } from '../room-store';
import { clockText, t } from '../words';
import type { IconName } from './Icon';

export interface Told {
  readonly icon: IconName;
  /** Without the name of who did it. */
  readonly text: string;
  /** Belongs into the chat too. */
  readonly inChat: boolean;
}

/** What a deed is called; `null` for one that says nothing to a reader. */
export function tell(deed: Deed): Told | null {
  const { what } = deed;
  switch (what.kind) {
    case 'playback': return playback(deed, what);
    case 'added': return { icon: 'plus', text: t('deed.added', { title: what.title }), inChat: true };
    case 'removed': return { icon: 'x', text: t('deed.removed', { title: what.title }), inChat: false };
    case 'moved': return { icon: 'queue', text: t('deed.moved', { title: what.title }), inChat: false };
    case 'cleared': return { icon: 'x', text: t('deed.cleared'), inChat: false };
    case 'renamed': return { icon: 'settings', text: t('deed.renamed', { title: what.title }), inChat: true };
    case 'visibility': return { icon: 'lock', text: t('deed.visibility', { visibility: t(`visibility.${what.visibility}`) }), inChat: false };
    case 'role': return { icon: 'people', text: t('deed.role', { name: what.name, role: t(`role.${what.role}`) }), inChat: false };
  }
}

function playback(deed: Deed, what: Extract<Deed['what'], { kind: 'playback' }>): Told | null {
  const title = what.title ?? '';
  const before = what.before;
  switch (what.cause) {
    case 'play': return { icon: 'play', text: t('did.play'), inChat: true };
    case 'pause': return { icon: 'pause', text: t('did.pause'), inChat: true };
    case 'seek': return { icon: 'clock', text: t('did.seek', { at: clockText(deed.position_ms ?? 0) }), inChat: true };
    case 'skip': return { icon: 'skip', text: before === null ? t('did.skip') : t('deed.skip', { title: before }), inChat: true };
    case 'pick': return { icon: 'play', text: t('deed.pick', { title }), inChat: true };
    case 'start': return { icon: 'play', text: deed.by === null ? t('deed.starts', { title }) : t('deed.start', { title }), inChat: true };
    case 'end': return {
      icon: 'skip', inChat: true,
      text: what.title === null ? t('deed.end', { title: before ?? '' }) : t('deed.end_next', { title: before ?? '', next: what.title }),
    };
    case 'empty': return { icon: 'pause', text: t('deed.empty'), inChat: true };
    case 'arrival':
    case 'restore': return null;
  }
}
