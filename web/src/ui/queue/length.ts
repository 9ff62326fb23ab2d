/** Lengths in words: `1 h 41`, `12 min`. */
import { t } from '../../words';
import '../../words/later';

export function lengthText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return t('length.minutes', { m: minutes });
  return t('length.hours', { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, '0') });
}
