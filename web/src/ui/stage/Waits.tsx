/** The film stands though nobody paused it: for whom, how long at most, and the way to go on at once. */
import { useEffect, useState } from 'preact/hooks';
import type { Here, Waiting } from '../../protocol';
import { names, t } from '../../words';
import { useRoom, useRoomState, useTick } from '../hooks';
import { Icon } from '../Icon';
import { vars } from '../parts';
import '../../words/later';

/** Most starts wait for less than this, ms. */
const PATIENCE = 400;
/** A player that fetches is waited for at most so long, ms. */
const STALL = 10_000;

/** Whom the room waits for: who watches, is seen, and has not loaded it. */
export const awaited = (here: readonly Here[]): readonly string[] =>
  [...new Map(here.filter((one) => one.watches && !one.lagging && !one.hidden && one.phase === 'buffering').map((one) => [one.person, one.name])).values()];

/** The ring of the seconds that are left, of all that there were. */
function Ring({ left, all }: { readonly left: number; readonly all: number }) {
  return (
    <span class="ring" aria-hidden="true">
      <svg viewBox="0 0 64 64">
        <circle cx="32" cy="32" r="28" />
        <circle cx="32" cy="32" r="28" pathLength="100" style={vars({ '--left': Math.max(0, Math.min(100, (left / all) * 100)) })} />
      </svg>
      <b class="num">{Math.max(1, Math.ceil(left / 1000))}</b>
    </span>
  );
}

export function Waits({ waiting }: { readonly waiting: Waiting }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const [shown, setShown] = useState(waiting !== 'ready');
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  useTick(100, waiting === 'ready' || waiting === 'stall');
  if (!shown || state === null) return null;
  // The first film is waited for twice as long.
  const all = waiting === 'stall' ? STALL : waiting === 'ready' ? state.ready_patience_ms * (state.tally.played === 0 ? 2 : 1) : 0;
  const left = all - (room.clock.now() - state.playback.at);
  const whom = waiting === 'ready' || waiting === 'stall' ? awaited(state.here).slice(0, 3) : [];
  return (
    <div class="veil" role="status">
      {left > 0 && left <= all ? <Ring left={left} all={all} /> : <Icon name={waiting === 'start' ? 'clock' : 'hourglass'} size={24} />}
      <h3>{whom.length > 0 ? t('overlay.waiting_for', { names: names(whom) }) : t(`overlay.${waiting}`)}</h3>
      <p>{t(`overlay.${waiting}.text`)}</p>
      {(waiting === 'ready' || waiting === 'stall') && (
        <button class="btn btn--sm" type="button" onClick={() => void room.ask({ do: 'play' })}>{t('overlay.go_on')}</button>
      )}
    </div>
  );
}
