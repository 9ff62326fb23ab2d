/** The browser forbade sound, or the film itself, until somebody taps: one tap is enough, anywhere on the film. */
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../words';
import { useRoom } from '../hooks';
import { Icon } from '../Icon';

export function Sound({ blocked }: { readonly blocked: boolean }) {
  const { projector } = useRoom();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const busy = document.activeElement;
    if (!(busy instanceof HTMLInputElement)) button.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div class={blocked ? 'veil' : 'sound-tap'}>
      <button ref={button} class="btn btn--primary btn--lg" type="button" onClick={() => projector.unlock()}>
        <Icon name={blocked ? 'play' : 'muted'} />
        {t(blocked ? 'overlay.tap_play' : 'overlay.tap_sound')}
      </button>
    </div>
  );
}
