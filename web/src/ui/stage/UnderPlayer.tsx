/** What is said under a player of somebody else, over which nothing may lie: that it wants a tap, or takes no orders. */
import '../../styles/hint.css';
import { kindOf } from '../../players/capabilities';
import { beginsAnywhere } from '../../players/embed';
import type { Item } from '../../protocol';
import { clockText, t } from '../../words';
import { useRoom, useRoomState, useTick, useWatch } from '../hooks';
import { Icon } from '../Icon';
import '../../words/later';

/** Everybody starts by hand; the room only says where it is. */
function ByHand({ item }: { readonly item: Item }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  useTick(1000, state?.playback.playing === true);
  const site = kindOf(item)?.site?.name ?? '';
  const at = clockText(room.position());
  return (
    <div class="hint">
      <Icon name="play" />
      <span class="grow">
        {t('hint.by_hand', { site })}{' '}
        {!item.live && <span class="t2 num">{t('hint.room_at', { at })}</span>}
      </span>
      {beginsAnywhere(item) && (
        <button class="btn btn--sm" type="button" onClick={() => room.projector.retry()}>{t('hint.begin_at', { at })}</button>
      )}
    </div>
  );
}

export function UnderPlayer() {
  const room = useRoom();
  const seen = useWatch(room.projector, () => room.projector.state);
  const { show } = seen;
  if (show.kind !== 'open') return null;
  if (kindOf(show.item)?.tuning === null) return <ByHand item={show.item} />;
  // The place stays, so that its news are read aloud.
  return (
    <div role="status">
      {seen.blocked && <div class="hint"><Icon name="play" /><span class="grow">{t('hint.blocked')}</span></div>}
      {!seen.blocked && seen.soundBlocked && (
        <div class="hint">
          <Icon name="muted" /><span class="grow">{t('hint.muted')}</span>
          <button class="btn btn--sm btn--primary" type="button" onClick={() => room.projector.unlock()}>{t('overlay.tap_sound')}</button>
        </div>
      )}
    </div>
  );
}
