/** The film. What lies over it comes a moment later; the film never moves when something else appears. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../words';
import { useRoom, useRoomState, useWatch } from '../hooks';
import { Icon } from '../Icon';
import { later } from '../Later';
import { useStill } from '../still';
import { announced } from './announced';

const OnFilm = later(() => import('./OnFilm').then((part) => part.OnFilm));
const Banners = later(() => import('./OnFilm').then((part) => part.Banners));

/** The pointer rests for so long: controls fade, ms. */
const REST = 2500;
/** A second click within this time makes it a double one, ms. */
const DOUBLE = 220;
/** What is no film, though it lies over it. */
const NOT_FILM = '.controls, .veil, .notice, .banner, .empty, .menu, button';

/** What the buttons over the film do to the page around it. */
export interface Layout {
  readonly theatre: boolean;
  readonly toggleTheatre: () => void;
  readonly full: boolean;
  readonly toggleFull: () => void;
  /** The panel slides over the film, where it has no place beside it. */
  readonly side: boolean;
  readonly toggleSide: () => void;
}

export function Stage({ layout }: { readonly layout: Layout }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const show = useWatch(room.projector, () => room.projector.state.show);
  const soundBlocked = useWatch(room.projector, () => room.projector.state.soundBlocked);
  const [awake, setAwake] = useState(true);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const click = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const slot = useCallback((node: HTMLDivElement | null) => room.projector.mount(node), [room]);

  const wake = (): void => {
    setAwake(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setAwake(false), REST);
  };
  useEffect(() => {
    wake();
    return () => clearTimeout(timer.current);
  }, []);

  const playing = state?.playback.playing === true;
  const open = show.kind === 'open';
  const own = announced(state) !== null || (open && room.projector.player?.ownControls === true);
  const controls = state !== null && state.current !== null && (open || show.kind === 'opening');
  const visible = awake || !playing;
  const audio = state?.current?.player === 'audio';
  const picture = useStill(state?.current ?? null);

  const tap = (event: PointerEvent): void => {
    if (!(event.target instanceof Element) || event.target.closest(NOT_FILM) !== null) return;
    if (soundBlocked) {
      room.projector.unlock();
      return;
    }
    if (event.pointerType === 'mouse') {
      clearTimeout(click.current);
      // A double click is for full screen only: nobody else should notice it.
      if (event.button === 0 && controls) click.current = setTimeout(() => room.togglePlay(), DOUBLE);
    } else if (awake && playing) {
      clearTimeout(timer.current);
      setAwake(false);
    } else wake();
  };

  return (
    <div class={own ? 'stage-with-own' : 'stage-box'}>
      <div
        class={`stage on-film ${controls && !own ? 'scrim-b' : ''} ${visible ? '' : 'resting'} ${own ? 'stage--own' : ''}`}
        role="region" aria-label={t('stage.label')}
        onPointerMove={(event) => {
          if (event.pointerType === 'mouse') wake();
        }}
        onPointerUp={tap} onFocusIn={wake} onKeyDown={wake}
        onDblClick={(event) => {
          clearTimeout(click.current);
          if (event.target instanceof Element && event.target.closest(NOT_FILM) === null) layout.toggleFull();
        }}
      >
        <div class="still">
          {(audio || !open) && picture !== null && <img class="film film--still" src={picture} alt="" referrerpolicy="no-referrer" />}
          {audio && picture === null && <span class="film-none"><Icon name="film" size={24} /></span>}
        </div>
        {/* Players are put in here by the projector; nothing of ours is. */}
        <div ref={slot} class="slot" />
        <OnFilm own={own} controls={controls} layout={layout} />
      </div>
      {own && <Banners controls={controls} layout={layout} />}
    </div>
  );
}
