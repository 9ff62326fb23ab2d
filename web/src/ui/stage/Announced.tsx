/** What the person who runs the server had to say; it stays until it is closed. */
import type { Announced as Said } from '../../room';
import { t } from '../../words';
import { useRoom } from '../hooks';
import { Icon } from '../Icon';
import '../../words/later';

export function Announced({ said }: { readonly said: Said }) {
  const room = useRoom();
  return (
    <div class="ask ask--said">
      <Icon name="bell" />
      <span class="grow ask-text">
        <span class="t13 t2">{t('announced.by')}</span>
        <b class="block" dir="auto">{said.text}</b>
      </span>
      <button class="icon-btn icon-btn--sm" type="button" aria-label={t('announced.close')} title={t('announced.close')} onClick={() => room.forgetAnnounced(said.id)}>
        <Icon name="x" />
      </button>
    </div>
  );
}
