/** Deeds in words: for Activity, and for the quiet lines of the chat. */
import type { By, DeedCommand } from '../protocol';
import type { Deed } from '../room-deeds';
import { clockText, t, wallText } from '../words';
import type { IconName } from './Icon';
import '../words/later';

export interface Told {
  readonly icon: IconName;
  /** What is said of `by`, without their name; a whole sentence where `by` is nobody. */
  readonly text: string;
  /** Whose name stands before the text; `null` where it is a sentence of its own, whoever caused it. */
  readonly by: By | null;
  /** Belongs into the chat too. */
  readonly inChat: boolean;
}

/** What a deed is called; `null` for one that says nothing to a reader. */
export function tell(deed: Deed): Told | null {
  const told = plain(deed);
  if (told === null) return null;
  const by = told.alone === true ? null : deed.by;
  if (!deed.undoes) return { icon: told.icon, text: told.text, by, inChat: told.inChat };
  return { icon: 'undo', text: t('deed.undone', { what: told.text }), by, inChat: told.inChat };
}

interface Plain extends Omit<Told, 'by'> {
  /** A sentence of its own, even where somebody caused it. */
  readonly alone?: true;
}

function plain(deed: Deed): Plain | null {
  const { what } = deed;
  const byItself = deed.by === null;
  switch (what.kind) {
    case 'playback': return playback(deed, what);
    // A queue in a loop, and what is put back beside something else: that is read off the queue.
    case 'added': {
      if (byItself) return null;
      const text = what.count === 1 ? t('deed.added', { title: what.title }) : t('deed.added_more', { title: what.title, count: what.count - 1 });
      return { icon: 'plus', text, inChat: true };
    }
    case 'removed': return byItself ? null : { icon: 'x', text: t('deed.removed', { title: what.title }), inChat: false };
    // Votes move rows all the time; that is read off the queue.
    case 'moved': return byItself ? null : { icon: 'queue', text: t('deed.moved', { title: what.title }), inChat: false };
    case 'edited': return { icon: 'settings', text: t('deed.edited', { title: what.title }), inChat: false };
    case 'cleared': return { icon: 'x', text: t('deed.cleared'), inChat: false };
    case 'reordered': return byItself ? null : { icon: 'queue', text: t('deed.reordered'), inChat: false };
    case 'shelf': return what.kept ? { icon: 'queue', text: t('deed.shelved'), inChat: false } : null;
    case 'unshelved': return { icon: what.discarded ? 'x' : 'queue', text: t(what.discarded ? 'deed.discarded' : 'deed.restored'), inChat: true };
    case 'renamed': return { icon: 'settings', text: t('deed.renamed', { title: what.title }), inChat: true };
    case 'visibility': return { icon: 'lock', text: t('deed.visibility', { visibility: t(`visibility.${what.visibility}`) }), inChat: false };
    case 'settings': return { icon: 'settings', text: t('deed.settings'), inChat: false };
    case 'role': return { icon: 'people', text: what.own ? t('deed.role.own', { role: t(`role.${what.role}`) }) : t('deed.role', { name: what.name, role: t(`role.${what.role}`) }), inChat: false };
    case 'kicked':
    case 'banned':
    case 'muted': return { icon: 'people', text: t(`deed.${what.kind}`, { name: what.name }), inChat: true };
    case 'unbanned':
    case 'unmuted': return { icon: 'people', text: t(byItself ? `deed.${what.kind}.itself` : `deed.${what.kind}`, { name: what.name }), inChat: true };
    case 'invite_renewed': return { icon: 'invite', text: t('deed.invite_renewed'), inChat: false };
    case 'proposed': return { icon: 'vote', text: t('deed.proposed', { what: proposal(what.what) }), inChat: true };
    case 'decided': return { icon: 'vote', text: t(`verdict.${what.verdict}`, { what: proposal(what.what) }), inChat: true };
    case 'status': return { icon: 'clock', text: t(byItself ? `status.${what.status}.itself` : `status.${what.status}`), inChat: true };
    case 'scheduled': {
      const text = what.start === null ? t('deed.unscheduled') : t('deed.scheduled', { time: wallText(what.start) });
      return { icon: 'clock', text, inChat: true };
    }
    case 'coming': return { icon: 'people', text: t(what.coming ? 'deed.coming' : 'deed.not_coming'), inChat: false };
  }
}

/** What is put to the vote, as a title; `title` is that of the film it speaks of. */
export function proposal(what: DeedCommand, title?: string): string {
  switch (what.do) {
    case 'seek': return 'position_ms' in what ? t('propose.seek', { at: clockText(what.position_ms) }) : t('propose.jump');
    case 'set_rate': return t('propose.set_rate', { rate: what.rate });
    case 'pick':
    case 'remove': return title === undefined ? t(`propose.${what.do}`) : t(`propose.${what.do}.this`, { title });
    case 'play':
    case 'pause':
    case 'skip':
    case 'back':
    case 'shuffle':
    case 'clear': return t(`propose.${what.do}`);
  }
}

function playback(deed: Deed, what: Extract<Deed['what'], { kind: 'playback' }>): Plain | null {
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
      icon: 'skip', inChat: true, alone: true,
      text: what.title === null ? t('deed.end', { title: before ?? '' }) : t('deed.end_next', { title: before ?? '', next: what.title }),
    };
    case 'empty': return { icon: 'pause', text: t('deed.empty'), inChat: true, alone: true };
    case 'back': return { icon: 'back', text: t('deed.back', { title }), inChat: true };
    case 'rate': return { icon: 'clock', text: t('did.rate', { rate: what.rate }), inChat: true };
    case 'again': return { icon: 'undo', text: t('deed.again', { title }), inChat: true, alone: true };
    case 'segment': return { icon: 'skip', text: t('deed.segment'), inChat: false, alone: true };
    case 'closed': return { icon: 'pause', text: t('deed.closed'), inChat: true, alone: true };
    case 'failed': return { icon: 'skip', text: t('deed.failed', { title: before ?? '' }), inChat: true, alone: true };
    case 'stall': return { icon: 'hourglass', text: t('deed.stall'), inChat: false, alone: true };
    case 'arrival':
    case 'ready':
    case 'restore': return null;
  }
}
