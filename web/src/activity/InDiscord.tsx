/** The first line of the invite menu in Discord's frame: its own dialog, which reaches those who are there already. */
import { t } from '../words';
import '../words/later';
import { Icon } from '../ui/Icon';
import { useRoom, useRoomState } from '../ui/hooks';
import { inviteOthers } from './client';

export function InDiscord() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const invite = (): void => {
    inviteOthers(t('activity.invite.message', { title: state?.title ?? '' })).catch(() => room.tell(t('activity.invite.failed')));
  };
  return (
    <div class="pop-line">
      <button class="btn btn--primary grow" type="button" onClick={invite}>
        <Icon name="discord" />{t('activity.invite')}
      </button>
    </div>
  );
}
