/** What is on, and how long it still is; back and on. */
import { label } from '../../protocol';
import { clockText, t } from '../../words';
import { useRoom, useRoomState, useTick } from '../hooks';
import { Thumb } from '../parts';
import { Back, Skip } from '../stage/Skip';
import '../../words/later';

export function Playing() {
  const room = useRoom();
  const { room: state } = useRoomState();
  useTick(1000, state?.playback.playing === true);
  const current = state?.current ?? null;
  if (state === null || current === null) return null;
  const duration = current.end_ms ?? room.duration();
  const left = duration === null || current.live ? null : clockText(duration - room.position());
  const word = t(state.playback.playing ? 'queue.playing' : 'queue.paused');
  return (
    <div class="q-playing">
      <div class="hstack wide">
        <Thumb still={current} width={88} />
        <span class="grow">
          <b class="clip block" dir="auto">{label(current)}</b>
          <span class="t13 t2 num">{left === null ? word : t('queue.left', { word, left })}</span>
        </span>
      </div>
      <span class="hstack">
        <Back class="btn btn--sm" />
        <Skip class="btn btn--sm grow" word={t('queue.skip_this')} />
      </span>
    </div>
  );
}
