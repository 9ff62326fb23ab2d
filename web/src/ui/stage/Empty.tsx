/** Nothing is on: an empty seat and the field that fills it; or the end, with what was watched together. */
import type { Item } from '../../protocol';
import { label } from '../../protocol';
import { t } from '../../words';
import { Couch } from '../Couch';
import { useRoom, useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { LinkField } from '../landing/LinkField';
import '../../words/later';

export function Empty({ last }: { readonly last: Item | null }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const add = (url: string): Promise<boolean> => room.ask({ do: 'add', url, spot: 'now' });
  const played = state?.tally.played ?? 0;
  return (
    <div class="empty">
      <Couch heads={0} seat />
      <h3>{t(last === null ? 'overlay.empty' : 'overlay.end')}</h3>
      {last !== null && played > 0 && <p class="t2">{t('overlay.end.played', { count: played })}</p>}
      <LinkField icon="link" placeholder={t(last === null ? 'link.paste' : 'link.another')} label={t('link.label')} give={add} />
      {last === null ? (
        <p class="t13 t2">{t('overlay.empty.text')}</p>
      ) : (
        <button class="btn btn--sm btn--edge" type="button" onClick={() => void add(last.url)}>
          <Icon name="undo" size={16} />{t('overlay.again', { title: label(last) })}
        </button>
      )}
    </div>
  );
}
