/** What is on, who brought it, when it ends, and back and on; or the stream that the room announces. */
import { label } from '../../protocol';
import { t, wallText } from '../../words';
import { useRoom, useRoomState, useTick } from '../hooks';
import { later } from '../Later';
import { Origin, siteText } from '../parts';
import { announced } from '../stage/announced';
import { Back, Skip } from '../stage/Skip';

const ReactBar = later(() => import('../stage/ReactMenu').then((part) => part.ReactBar));

export function NowPlaying() {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  useTick(15_000);
  const current = state?.current ?? null;
  if (state !== null && announced(state) !== null) {
    return (
      <div class="now">
        <div class="grow">
          <h2 class="clip" dir="auto">{state.title}</h2>
          {state.about !== '' && <p class="t13 t2" dir="auto">{state.about}</p>}
        </div>
        <ReactBar />
      </div>
    );
  }
  if (state === null || current === null) return null;
  const duration = room.duration();
  const ends = state.playback.playing && duration !== null && !current.live ? Date.now() + (duration - room.position()) / state.playback.rate : null;
  const by = current.added_by;
  const site = siteText(current.url);
  return (
    <div class="now">
      <div class="grow">
        <h2 class="clip" dir="auto">{label(current)}</h2>
        <p class="t13 t2 now-line">
          <span class="hstack tight">
            {by.person === you?.person ? t('added.by_you') : t('added.by', { name: by.name })}
            <Origin door={by.door} />
          </span>
          {site !== '' && <span>{site}</span>}
          {ends !== null && <span class="num">{t('ends_at', { time: wallText(ends) })}</span>}
        </p>
      </div>
      <ReactBar />
      <Back class="btn" />
      <Skip class="btn" word={t('skip')} />
    </div>
  );
}
