/** Behind the pill: where everyone is, in seconds from the room, and how well this viewer knows the time. */
import { offText, t } from '../words';
import { useRoom, useRoomState, useTick, useWatch } from './hooks';
import { Icon } from './Icon';
import { Avatar, vars } from './parts';
import type { Health } from './SyncPill';
import '../words/later';

/** The ruler reaches so far to each side, ms. */
const REACH = 2000;

const place = (drift: number): string => `${(50 + (Math.min(REACH, Math.max(-REACH, drift)) / REACH) * 46).toFixed(1)}%`;

export function SyncDetails({ health }: { readonly health: Health }) {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const delay = useWatch(room.projector, () => room.projector.state.delay);
  useTick(500);
  const { drift, corrections } = room.projector.status;
  const sure = room.clock.uncertainty;
  const rtt = room.clock.rtt;
  const player = room.projector.player;
  const ahead = player === null ? null : Math.max(0, player.bufferedUntil() - player.time());
  const others = (state?.here ?? []).filter((one) => one.watches && one.drift_ms !== null && one.connection !== you?.connection);
  return (
    <div class="menu pop sync-details">
      <div class="pop-head">
        <b>{t('sync.details')}</b>
        <span class={`sync sync--${health.tone}`}><Icon name={health.icon} />{health.number ?? health.word}</span>
      </div>
      <div class="ruler" aria-hidden="true">
        <span class="z" />
        <span class="tk" style={{ left: '4%' }}>−2 s</span>
        <span class="tk" style={{ left: '27%' }}>−1</span>
        <span class="tk" style={{ left: '73%' }}>+1</span>
        <span class="tk" style={{ left: '96%' }}>+2 s</span>
        {others.map((one) => (
          <span key={one.connection} class="ruler-at" style={vars({ '--x': place(one.drift_ms ?? 0) })}>
            <Avatar person={one.person} name={one.name} size={22} />
          </span>
        ))}
        {drift !== null && you !== null && (
          <span class="ruler-at" style={vars({ '--x': place(drift) })}><Avatar person={you.person} name={you.name} size={22} /></span>
        )}
      </div>
      <dl class="dl">
        <dt>{t('sync.clock')}</dt>
        <dd>{Number.isFinite(sure) ? t('sync.within', { n: Math.max(1, Math.round(sure)) }) : '–'}</dd>
        <dt>{t('sync.rtt')}</dt>
        <dd>{rtt === null ? '–' : t('unit.ms', { n: Math.round(rtt) })}</dd>
        <dt>{t('sync.corrections')}</dt>
        <dd>{t('sync.a_minute', { n: corrections })}</dd>
        <dt>{t('sync.buffered')}</dt>
        <dd>{ahead === null ? '–' : t('unit.s', { n: Math.round(ahead / 1000) })}</dd>
      </dl>
      <label class="pop-line">
        <span class="t13 t2">{t('sync.delay')}</span>
        <input
          class="slider grow" type="range" min={-500} max={500} step={10} value={delay}
          style={vars({ '--v': `${(delay + 500) / 10}%` })}
          onInput={(event) => room.projector.setDelay(Number(event.currentTarget.value))}
        />
        <span class="t13 num">{delay === 0 ? t('unit.ms', { n: 0 }) : `${delay > 0 ? '+' : '−'}${offText(delay)}`}</span>
      </label>
      <div class="pop-line">
        <button class="btn btn--sm grow" type="button" onClick={() => room.projector.resync()}>
          <Icon name="adjust" size={16} />{t('sync.again')}
        </button>
      </div>
    </div>
  );
}
