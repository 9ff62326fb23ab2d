/** How somebody does, as a shape, a word and a tone; measured, not claimed. */
import type { Here } from '../../protocol';
import { offText, t } from '../../words';
import type { IconName } from '../Icon';
import '../../words/later';

export interface Badge {
  readonly tone: 'ok' | 'warn' | 'bad' | 'load' | 'away' | 'chat' | 'calm';
  readonly icon: IconName;
  readonly text: string;
}

/** Up to here somebody is in sync, and up to there catching up, ms. */
const IN_SYNC = 100;
const CATCHING_UP = 1000;

/** `drift` in ms; `nothing` says that nothing is on. */
export function badgeOf(one: Pick<Here, 'watches' | 'phase' | 'hidden'>, drift: number | null, nothing: boolean): Badge {
  if (!one.watches) return { tone: 'chat', icon: 'chat', text: t('person.chat_only') };
  if (nothing || one.phase === 'idle') return { tone: 'calm', icon: 'film', text: t('person.idle') };
  if (one.phase === 'buffering') return { tone: 'load', icon: 'hourglass', text: t('person.loading') };
  if (one.phase === 'blocked') return { tone: 'away', icon: 'pause', text: t('person.blocked') };
  if (one.phase === 'advert') return { tone: 'away', icon: 'film', text: t('person.advert') };
  if (one.phase === 'failed') return { tone: 'bad', icon: 'alert', text: t('person.failed') };
  if (one.hidden) return { tone: 'away', icon: 'pause', text: t('person.away') };
  if (drift === null || Math.abs(drift) <= IN_SYNC) return { tone: 'ok', icon: 'insync', text: drift === null ? t('person.ready') : offText(drift) };
  if (Math.abs(drift) <= CATCHING_UP) return { tone: 'warn', icon: 'adjust', text: t('person.catching', { off: offText(drift) }) };
  return { tone: 'bad', icon: 'alert', text: t('person.off', { off: offText(drift) }) };
}
