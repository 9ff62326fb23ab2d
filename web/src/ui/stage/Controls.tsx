/** Play, ±10 s, seek bar, time, sound, captions, and how large it is; they ask the room, never the player. */
import { useEffect, useState } from 'preact/hooks';
import { clockText, t } from '../../words';
import { CaptionsButton } from '../captions/CaptionsMenu';
import { useRoom, useRoomState, useTick, useWatch } from '../hooks';
import { Icon, type IconName } from '../Icon';
import { Quality } from './Quality';
import { ReactMenu } from './ReactMenu';
import { SeekBar } from './SeekBar';
import { Speed } from './Speed';
import type { Layout } from './Stage';
import { Volume } from './Volume';
import '../../words/later';

interface ButtonProps {
  readonly icon: IconName;
  readonly word: string;
  readonly keys?: string;
  readonly press: () => void;
  readonly pressed?: boolean;
  readonly class?: string;
}

function Button({ icon, word, keys, press, pressed, class: extra }: ButtonProps) {
  return (
    <button
      class={`c-btn ${extra ?? ''}`} type="button" aria-label={word} title={keys === undefined ? word : `${word} (${keys})`}
      aria-pressed={pressed} onClick={press}
    >
      <Icon name={icon} />
    </button>
  );
}

function Time() {
  const room = useRoom();
  const { room: state } = useRoomState();
  useTick(250, state?.playback.playing === true);
  const duration = room.duration();
  if (state?.current?.live === true) return <span class="c-time live">{t('control.live')}</span>;
  return (
    <span class="c-time">
      {clockText(room.position())} {duration !== null && <span>/ {clockText(duration)}</span>}
    </span>
  );
}

const CHANGES = ['enterpictureinpicture', 'leavepictureinpicture'] as const;

/** The little window of the browser, where it has one and there is a picture. */
function Pip() {
  const room = useRoom();
  const show = useWatch(room.projector, () => room.projector.state.show);
  const element = show.kind === 'open' ? (room.projector.player?.element ?? null) : null;
  const [inside, setInside] = useState(false);
  useEffect(() => {
    const look = (): void => setInside(element !== null && document.pictureInPictureElement === element);
    look();
    // One leaves it by the little window too.
    for (const change of CHANGES) element?.addEventListener(change, look);
    return () => {
      for (const change of CHANGES) element?.removeEventListener(change, look);
    };
  }, [element]);
  if (!(element instanceof HTMLVideoElement) || !document.pictureInPictureEnabled) return null;
  const toggle = (): void => {
    if (document.pictureInPictureElement !== null) void document.exitPictureInPicture();
    else void element.requestPictureInPicture().catch(() => undefined);
  };
  return <Button class="c-wide" icon="pip" word={t('control.pip')} pressed={inside} press={toggle} />;
}

export function Controls({ layout }: { readonly layout: Layout }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const playing = state?.playback.playing === true;
  const live = state?.current?.live === true;
  const { theatre, toggleTheatre, full, toggleFull, side, toggleSide } = layout;
  return (
    <div class="controls">
      <SeekBar />
      <div class="c-row">
        <div class="c-main">
          <Button
            class="c-btn--play" icon={playing ? 'pause' : 'play'} word={t(playing ? 'control.pause' : 'control.play')} keys="k"
            press={() => room.togglePlay()}
          />
          {!live && (
            <>
              <Button icon="back10" word={t('control.back10')} keys="j" press={() => room.seekBy(-10_000)} />
              <Button icon="fwd10" word={t('control.forward10')} keys="l" press={() => room.seekBy(10_000)} />
            </>
          )}
        </div>
        <Volume />
        <Time />
        <span class="grow" />
        <span class="c-over"><ReactMenu class="c-btn" /></span>
        <Button class="c-over" icon="chat" word={t('control.chat')} keys="n" pressed={side} press={toggleSide} />
        <CaptionsButton />
        {!live && <Speed />}
        <Quality />
        <Pip />
        <Button class="c-wide c-theatre" icon="theatre" word={t('control.theatre')} keys="t" pressed={theatre} press={toggleTheatre} />
        <Button icon="full" word={t(full ? 'control.full.leave' : 'control.full')} keys="f" pressed={full} press={toggleFull} />
      </div>
    </div>
  );
}
