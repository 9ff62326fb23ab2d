/** Over the stage, for a film that Discord's frame cannot show: the same room in a browser, while queue and chat go on here. */
import { label, type Item } from '../protocol';
import { t } from '../words';
import '../words/later';
import { Icon } from '../ui/Icon';
import { useRoomState } from '../ui/hooks';
import { siteText } from '../ui/parts';

export function Outside({ item }: { readonly item: Item }) {
  const { room } = useRoomState();
  return (
    <div class="veil veil--deep">
      <Icon name="external" size={24} />
      <h3 dir="auto">{label(item)}</h3>
      <p>{t('activity.elsewhere', { site: siteText(item.url) })}</p>
      {room !== null && <a class="btn btn--primary" href={room.invite_url} target="_blank" rel="noopener noreferrer" data-first>{t('activity.browser')}</a>}
    </div>
  );
}
