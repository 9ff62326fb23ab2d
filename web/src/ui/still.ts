/** Pictures of films. Those of somebody else's site come from there, so they wait for the same consent as its player. */
import { kindOf, siteKey } from '../players/capabilities';
import * as prefs from '../prefs';
import type { Still } from '../protocol';
import { useWatch } from './hooks';

/** Where a picture may be loaded from now; `null` where there is none, or whose site nobody agreed to yet. */
function shown(still: Still | null): string | null {
  const kind = still === null ? null : kindOf(still);
  if (still === null || kind === null) return null;
  return kind.site === null || prefs.consent.given(siteKey(still)) ? still.thumbnail : null;
}

/** The same, and again when somebody agrees. */
export const useStill = (still: Still | null): string | null => useWatch(prefs.consent, () => shown(still));
