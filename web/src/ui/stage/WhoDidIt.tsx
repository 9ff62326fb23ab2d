/** Who did it and through which door, for four seconds. */
import type { Toast } from '../../room';
import { clockText, t, type Word } from '../../words';
import { useRoom, useRoomState, useWatch } from '../hooks';
import { Avatar, Origin } from '../parts';

const VERBS: Partial<Record<Toast['event']['cause'], Word>> = {
  play: 'did.play', pause: 'did.pause', seek: 'did.seek', skip: 'did.skip', pick: 'did.pick', start: 'did.start',
  back: 'did.back', rate: 'did.rate',
};

export function WhoDidIt() {
  const room = useRoom();
  const { you } = useRoomState();
  const toast = useWatch(room, () => room.passing.toast);
  const verb = toast === null ? undefined : VERBS[toast.event.cause];
  // The place stays, so that its news are read aloud.
  return (
    <div class="by-place" role="status">
      {toast !== null && verb !== undefined && (
        <span class="by" key={toast.id}>
          <Avatar person={toast.by.person} name={toast.by.name} />
          <span>
            <b dir="auto">{toast.by.person === you?.person ? t('You') : toast.by.name}</b>{' '}
            {t(verb, { at: clockText(toast.event.playback.position_ms), rate: toast.event.playback.rate })}
          </span>
          <Origin door={toast.by.door} named />
        </span>
      )}
    </div>
  );
}
