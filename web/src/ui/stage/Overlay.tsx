/** What lies over the film, one at a time: consent, refusal, sound, loading, waiting, the end, nothing yet. */
import { useEffect, useState } from 'preact/hooks';
import { here } from '../../activity/here';
import { t } from '../../words';
import { useRoom, useRoomState, useWatch } from '../hooks';
import { later } from '../Later';
import { Spinner } from '../parts';
import { announced } from './announced';
import { Empty } from './Empty';
import { Soon } from './Soon';
import { Sound } from './Sound';
import { Stream } from './Stream';
import { Veils } from './Veils';
import { Waits } from './Waits';
import '../../words/later';

const Outside = __ACTIVITY__ ? later(() => import('../../activity/Outside').then((part) => part.Outside)) : null;

/** Loading shows itself only after so long, ms. */
const PATIENCE = 400;

function Loading() {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div class="veil" role="status">
      <Spinner />
      <h3>{t('overlay.loading')}</h3>
      <p>{t('overlay.loading.text')}</p>
    </div>
  );
}

export function Overlay() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const seen = useWatch(room.projector, () => room.projector.state);
  if (state === null) return <Loading />;
  const { start } = state.schedule;
  if (state.schedule.status === 'soon' && start !== null) return <Soon start={start} item={state.current ?? state.queue[0] ?? null} />;
  const stream = announced(state);
  if (stream !== null) return <Stream link={stream} title={state.title} />;
  if (state.current === null) return <Empty last={state.before} />;
  if (Outside !== null && here(state.current) === null) return <Outside item={state.current} />;
  const { show } = seen;
  if (show.kind === 'consent' || show.kind === 'elsewhere' || show.kind === 'failed') return <Veils show={show} />;
  // Over a player of somebody else nothing may lie, and what is to be said stands under it.
  if (room.projector.player?.ownControls === true) return null;
  if (seen.blocked || seen.soundBlocked) return <Sound blocked={seen.blocked} />;
  // Who loads it is told so; who has it is told for whom the room waits.
  const { waiting } = state.playback;
  if (waiting !== null && !(waiting === 'ready' && show.kind === 'opening')) {
    return <Waits key={`${state.current.id} ${waiting}`} waiting={waiting} />;
  }
  if (seen.buffering || show.kind === 'opening') return <Loading key={state.current.id} />;
  return null;
}
