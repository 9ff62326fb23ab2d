/** Play, ±10 s, seek bar, time, sound, and how large it is; they ask the room, never the player. */
import { clockText, t } from '../words';
import { useRoom, useRoomState, useTick, useWatch } from './hooks';
import { Icon, type IconName } from './Icon';
import { later } from './Later';
import { SeekBar } from './SeekBar';
import { Volume } from './Volume';

const Speed = later(() => import('./Speed').then((part) => part.Speed));

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

interface Props {
  readonly theatre: boolean;
  readonly toggleTheatre: () => void;
  readonly toggleFull: () => void;
}

export function Controls({ theatre, toggleTheatre, toggleFull }: Props) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const show = useWatch(room.projector, () => room.projector.state.show);
  const playing = state?.playback.playing === true;
  const live = state?.current?.live === true;
  const element = show.kind === 'open' ? (room.projector.player?.element ?? null) : null;
  const video = element instanceof HTMLVideoElement ? element : null;
  const pip = video !== null && document.pictureInPictureEnabled;
  const togglePip = (): void => {
    if (document.pictureInPictureElement !== null) void document.exitPictureInPicture();
    else void video?.requestPictureInPicture().catch(() => undefined);
  };
  const main = (
    <>
      <Button icon="back10" word={t('control.back10')} keys="j" press={() => room.seekBy(-10_000)} />
      <Button icon="fwd10" word={t('control.forward10')} keys="l" press={() => room.seekBy(10_000)} />
    </>
  );
  const play = (
    <Button
      class="c-btn--play" icon={playing ? 'pause' : 'play'} word={t(playing ? 'control.pause' : 'control.play')} keys="k"
      press={() => room.togglePlay()}
    />
  );
  return (
    <div class="controls">
      <SeekBar />
      <div class="c-row">
        <div class="c-main">
          {play}
          {!live && main}
        </div>
        <Volume />
        <Time />
        <span class="grow" />
        {!live && <Speed />}
        {pip && <Button class="c-wide" icon="pip" word={t('control.pip')} press={togglePip} />}
        <Button class="c-wide" icon="theatre" word={t('control.theatre')} keys="t" pressed={theatre} press={toggleTheatre} />
        <Button icon="full" word={t('control.full')} keys="f" press={toggleFull} />
      </div>
    </div>
  );
}
