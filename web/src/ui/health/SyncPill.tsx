/** Measured, not claimed: how far from the room this viewer is; behind it, the details. */
import { useRef, useState } from 'preact/hooks';
import { kindOf } from '../../players/capabilities';
import { offText, t } from '../../words';
import { useDismiss, useRoom, useRoomState, useTick, useWatch } from '../hooks';
import { Icon, type IconName } from '../Icon';
import { later } from '../Later';
import { announced } from '../stage/announced';

const SyncDetails = later(() => import('./SyncDetails').then((part) => part.SyncDetails));

/** Up to here it is in sync, and up to there it is catching up, ms. */
const IN_SYNC = 100;
const CATCHING_UP = 1000;

export interface Health {
  readonly tone: 'ok' | 'warn' | 'bad' | 'calm';
  readonly icon: IconName;
  readonly word: string;
  readonly number: string | null;
}

/** What the pill says; also in the details. */
export function useHealth(): Health {
  const room = useRoom();
  const { room: state } = useRoomState();
  const link = useWatch(room.session, () => room.session.link);
  const lost = useWatch(room.session, () => room.session.lostAt);
  useTick(500);
  if (lost !== null && link.state !== 'online') return { tone: 'bad', icon: 'offline', word: t('sync.offline'), number: null };
  if (state === null) return { tone: 'calm', icon: 'hourglass', word: t('sync.connecting'), number: null };
  if (!room.watches) return { tone: 'calm', icon: 'chat', word: t('sync.chat'), number: null };
  if (announced(state) !== null) return { tone: 'calm', icon: 'globe', word: t('sync.by_hand'), number: null };
  if (state.current === null) return { tone: 'calm', icon: 'film', word: t('sync.nothing'), number: null };
  if (kindOf(state.current)?.tuning === null) return { tone: 'calm', icon: 'globe', word: t('sync.by_hand'), number: null };
  if (state.current.live) return { tone: 'calm', icon: 'globe', word: t('control.live'), number: null };
  const { state: doing, drift, phase, landing } = room.projector.status;
  if (phase === 'advert') return { tone: 'calm', icon: 'film', word: t('sync.advert'), number: null };
  if (phase === 'buffering') return { tone: 'warn', icon: 'hourglass', word: t('sync.loading'), number: null };
  if (!state.playback.playing) return { tone: 'calm', icon: 'pause', word: t('sync.paused'), number: null };
  if (drift === null || doing === 'blocked' || doing === 'failed') {
    return { tone: 'calm', icon: 'hourglass', word: t('sync.not_playing'), number: null };
  }
  // Nothing is measured before it has landed.
  if (landing) return { tone: 'calm', icon: 'hourglass', word: t('sync.starting'), number: null };
  const off = Math.abs(drift);
  if (off <= IN_SYNC) return { tone: 'ok', icon: 'insync', word: t('sync.ok'), number: offText(drift) };
  if (off <= CATCHING_UP) return { tone: 'warn', icon: 'adjust', word: t('sync.catching'), number: offText(drift) };
  return { tone: 'bad', icon: 'alert', word: t('sync.off'), number: offText(drift) };
}

export function SyncPill() {
  const room = useRoom();
  const health = useHealth();
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useDismiss(open, place, () => setOpen(false));
  const sure = room.clock.uncertainty;
  const title = Number.isFinite(sure) ? t('sync.title', { n: Math.max(1, Math.round(sure)) }) : undefined;
  return (
    <div class="pop-place" ref={place}>
      <button class={`pill pill--${health.tone}`} type="button" aria-expanded={open} title={title} onClick={() => setOpen(!open)}>
        <Icon name={health.icon} />
        <span>{health.word}</span>
        {health.number !== null && <small class="pill-n">{health.number}</small>}
        <span class="vh">{t('sync.more')}</span>
      </button>
      {open && <SyncDetails health={health} />}
    </div>
  );
}
