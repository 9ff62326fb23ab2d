/** The line is lost: what goes on, for how long, and a way to hurry. It lies on the film and moves nothing. */
import { t } from '../../words';
import { useRoom, useTick, useWatch } from '../hooks';
import { Icon } from '../Icon';
import '../../words/later';

/** A line that is back within this time is nobody's business, ms. */
const QUIET = 700;

export function Reconnecting() {
  const { session } = useRoom();
  const link = useWatch(session, () => session.link);
  const since = useWatch(session, () => session.lostAt);
  useTick(250, since !== null);
  const lost = since === null ? 0 : performance.now() - since;
  const shown = since !== null && lost > QUIET;
  return (
    <div class="banner-place" role="status">
      {shown && (
        <div class="banner">
          <Icon name="offline" />
          <span class="grow">
            <b>{t('offline.title')}</b> {t('offline.text')}
          </span>
          <span class="num t2 t13" aria-hidden="true">{t('unit.s', { n: Math.floor(lost / 1000) })}</span>
          <button class="btn btn--sm" type="button" aria-disabled={link.state !== 'offline'} onClick={() => session.connect()}>
            {t('offline.try')}
          </button>
        </div>
      )}
    </div>
  );
}
