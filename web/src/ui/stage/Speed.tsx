/** How fast the film runs, for all. The browser's own list: it is known to keyboards, phones and readers. */
import { t } from '../../words';
import '../../words/later';
import { useRoom, useRoomState } from '../hooks';

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];

export function Speed() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const rate = state?.playback.rate ?? 1;
  // Somebody's command may have set another one.
  const rates = RATES.includes(rate) ? RATES : [...RATES, rate].sort((one, other) => one - other);
  return (
    <select
      class="c-btn c-text c-speed" aria-label={t('control.speed')} title={t('control.speed')} value={String(rate)}
      onChange={(event) => {
        const asked = Number(event.currentTarget.value);
        // What is shown is what the room says, also where it says no.
        event.currentTarget.value = String(rate);
        void room.ask({ do: 'set_rate', rate: asked });
      }}
    >
      {rates.map((one) => <option key={one} value={String(one)}>{t('control.speed.times', { rate: one })}</option>)}
    </select>
  );
}
