/** How sharp the picture is, for this viewer: where the player offers a choice. The browser's own list, as for the speed. */
import { t } from '../../words';
import { useRoom, useTick, useWatch } from '../hooks';
import '../../words/later';

export function Quality() {
  const room = useRoom();
  const show = useWatch(room.projector, () => room.projector.state.show);
  // Levels are known some time after the player is there, and the automatic one changes by itself.
  useTick(2000, show.kind === 'open');
  const quality = show.kind === 'open' ? room.projector.player?.quality : undefined;
  const levels = quality?.levels() ?? [];
  if (quality === undefined || levels.length < 2) return null;
  const chosen = quality.chosen();
  const now = levels.find((level) => level.id === quality.current());
  return (
    <select
      class="c-btn c-text c-speed c-wide" aria-label={t('control.quality')} title={t('control.quality')} value={chosen === null ? '' : String(chosen)}
      onChange={(event) => {
        const { value } = event.currentTarget;
        quality.choose(value === '' ? null : Number(value));
      }}
    >
      <option value="">{now === undefined ? t('control.quality.auto') : t('control.quality.auto_now', { height: `${now.height}p` })}</option>
      {levels.map((level) => <option key={level.id} value={String(level.id)}>{`${level.height}p`}</option>)}
    </select>
  );
}
