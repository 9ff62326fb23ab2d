/** Behind the pill: where everyone is, how well this viewer knows the time, what it does about it, and what it learnt. */
import { offText, t } from '../../words';
import { useRoom, useRoomState, useTick, useWatch } from '../hooks';
import { Icon } from '../Icon';
import { vars } from '../parts';
import { Ruler, type Mark } from './Ruler';
import type { Health } from './SyncPill';
import '../../styles/health.css';
import '../../words/later';

const NONE = '–';
const msText = (ms: number | null | undefined): string => (ms == null ? NONE : t('unit.ms', { n: Math.round(ms) }));

/** On which side of the room, in words: the sign alone says it to nobody. */
const side = (drift: number): string =>
  Math.round(drift) === 0 ? offText(0) : t(drift > 0 ? 'sync.ahead' : 'sync.behind', { off: offText(drift) });

export function SyncDetails({ health }: { readonly health: Health }) {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const delay = useWatch(room.projector, () => room.projector.state.delay);
  useTick(500);
  const { landing, drift: measured, corrections, leads } = room.projector.status;
  const drift = landing ? null : measured;
  const sure = room.clock.uncertainty;
  const player = room.projector.player;
  const ahead = player === null ? null : Math.max(0, player.bufferedUntil() - player.time());
  const marks = (state?.here ?? []).flatMap((one): Mark[] => {
    const mine = one.connection === you?.connection;
    const off = mine ? drift : one.drift_ms;
    return one.watches && off !== null ? [{ key: one.connection, person: one.person, name: one.name, drift: off, you: mine }] : [];
  });
  const head = health.tone === 'calm' || health.icon === 'offline' ? 'sync.details' : (`sync.details.${health.tone}` as const);
  return (
    <div class="menu pop sync-details">
      <div class="pop-head">
        <b>{t(head)}</b>
        <span class={`sync sync--${health.tone}`}><Icon name={health.icon} />{health.number ?? health.word}</span>
      </div>
      <Ruler marks={marks} />
      <dl class="dl">
        <dt>{t('sync.drift')}</dt>
        <dd>{drift === null ? NONE : side(drift)}</dd>
        <dt>{t('sync.buffered')}</dt>
        <dd>{ahead === null ? NONE : t('unit.s', { n: Math.round(ahead / 1000) })}</dd>
        <dt>{t('sync.clock')}</dt>
        <dd>{Number.isFinite(sure) ? t('sync.within', { n: Math.max(1, Math.round(sure)) }) : NONE}</dd>
        <dt>{t('sync.rtt')}</dt>
        <dd>{msText(room.clock.rtt)}</dd>
        <dt>{t('sync.start')}</dt>
        <dd>{msText(leads?.play)}</dd>
        <dt>{t('sync.seek')}</dt>
        <dd>{msText(leads?.seek)}</dd>
        <dt>{t('sync.corrections')}</dt>
        <dd>{t('sync.a_minute', { n: corrections })}</dd>
      </dl>
      <label class="pop-line">
        <span class="t13 t2">{t('sync.delay')}</span>
        <input
          class="slider grow" type="range" min={-500} max={500} step={10} value={delay} aria-describedby="delay-hint"
          aria-valuetext={msText(delay)} style={vars({ '--v': `${(delay + 500) / 10}%` })}
          onInput={(event) => room.projector.setDelay(Number(event.currentTarget.value))}
        />
        <span class="t13 num delay-n">{delay > 0 ? '+' : delay < 0 ? '−' : ''}{msText(Math.abs(delay))}</span>
      </label>
      <p class="t12 t3 delay-hint" id="delay-hint">{t('sync.delay.hint')}</p>
      <div class="pop-line">
        <button class="btn btn--sm grow" type="button" onClick={() => room.projector.resync()}>
          <Icon name="adjust" size={16} />{t('sync.again')}
        </button>
      </div>
    </div>
  );
}
