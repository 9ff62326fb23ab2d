/** Mute and loudness; both belong to this browser only. */
import { t } from '../../words';
import { useRoom, useWatch } from '../hooks';
import { Icon } from '../Icon';
import { vars } from '../parts';
import '../../words/later';

export function Volume() {
  const { projector } = useRoom();
  const { volume, muted, soundBlocked } = useWatch(projector, () => projector.state);
  const silent = muted || soundBlocked || volume === 0;
  const word = silent ? t('control.unmute') : t('control.mute');
  const shown = silent ? 0 : Math.round(volume * 100);
  return (
    <>
      <button
        class="c-btn" type="button" aria-label={word} title={`${word} (m)`}
        onClick={() => (soundBlocked ? projector.unlock() : projector.setMuted(!muted))}
      >
        <Icon name={silent ? 'muted' : 'volume'} />
      </button>
      <input
        class="slider c-vol" type="range" min={0} max={100} value={shown} aria-label={t('control.volume')}
        style={vars({ '--v': `${shown}%` })}
        onInput={(event) => projector.setVolume(Number(event.currentTarget.value) / 100)}
      />
    </>
  );
}
