/** The room without its film, for a second device: what is on, where it stands, the buttons; the rest of the screen is the chat's. */
import '../../styles/companion.css';
import { label } from '../../protocol';
import { clockText, t } from '../../words';
import { useRoom, useRoomState, useTick } from '../hooks';
import { Icon } from '../Icon';
import { Thumb, vars } from '../parts';
import { NoticeBox } from '../stage/NoticeBox';
import { Reconnecting } from '../stage/Reconnecting';
import { WhoDidIt } from '../stage/WhoDidIt';
import '../../styles/onfilm.css';
import '../../words/later';

export function Companion() {
  const room = useRoom();
  const { room: state } = useRoomState();
  useTick(500, state?.playback.playing === true);
  if (state === null) return null;
  const { current, playback } = state;
  const duration = room.duration();
  const at = room.position();
  const word = t(playback.playing ? 'control.pause' : 'control.play');
  return (
    <section class="companion" aria-label={t('companion')}>
      <div class="companion-row">
        {current !== null && <Thumb still={current} length={current.duration_ms} width={88} />}
        <span class="grow">
          <b class="clip block" dir="auto">{current === null ? t('sync.nothing') : label(current)}</b>
          <span class="t13 t2 num">
            {current === null ? t('companion.text') : current.live ? t('control.live') : `${clockText(at)}${duration === null ? '' : ` / ${clockText(duration)}`}`}
          </span>
        </span>
        {current !== null && (
          <button class="icon-btn" type="button" aria-label={word} title={word} onClick={() => room.togglePlay()}>
            <Icon name={playback.playing ? 'pause' : 'play'} />
          </button>
        )}
        <a class="btn btn--sm" href={location.pathname}><Icon name="film" size={16} />{t('companion.leave')}</a>
      </div>
      {current !== null && duration !== null && <div class="companion-bar" aria-hidden="true" style={vars({ '--p': `${Math.min(100, (at / duration) * 100)}%` })}><i /></div>}
      <div class="companion-news">
        <Reconnecting />
        <NoticeBox />
        <WhoDidIt />
      </div>
    </section>
  );
}
