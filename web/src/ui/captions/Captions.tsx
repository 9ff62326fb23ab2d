/** The captions over the film, drawn by the page: they rise when the controls come, and look as this viewer likes. */
import '../../styles/captions.css';
import { useEffect, useState } from 'preact/hooks';
import { useRoom, useWatch } from '../hooks';
import { screenOf } from './screen';
import { cuesAt, type Cue } from './vtt';

/** How often it is looked whether another cue is due, ms. */
const LOOK = 100;

export function Captions() {
  const room = useRoom();
  const screen = screenOf(room);
  const { cues, delay, look } = useWatch(screen, () => screen.state);
  const [shown, setShown] = useState<readonly Cue[]>([]);
  useEffect(() => {
    const see = (): void => {
      const { player } = room.projector;
      const at = player !== null && player.loaded() ? player.time() : room.position();
      const due = cuesAt(cues, at - delay);
      setShown((now) => (now.length === due.length && now.every((cue, index) => cue === due[index]) ? now : due));
    };
    see();
    if (cues.length === 0) return undefined;
    const timer = setInterval(see, LOOK);
    return () => clearInterval(timer);
  }, [cues, delay, room]);
  if (shown.length === 0) return null;
  const drawn = (top: boolean) => shown.filter((cue) => (cue.top || look.place === 'top') === top).map((cue, index) => (
    <p key={`${cue.start}.${index}`} class="caption" dir="auto">
      {cue.lines.map((line, row) => (
        <span key={row} class="caption-line">
          {line.map((span, place) => (
            <span key={place} class={`${span.italic ? 'it ' : ''}${span.bold ? 'bo ' : ''}${span.underlined ? 'un' : ''}`}>
              {span.voice !== null && place === 0 && <b>{span.voice}: </b>}{span.text}
            </span>
          ))}
        </span>
      ))}
    </p>
  ));
  const [above, below] = [drawn(true), drawn(false)];
  return (
    <div class={`captions captions--${look.size} captions--${look.background}`}>
      {above.length > 0 && <div class="captions-top">{above}</div>}
      {below.length > 0 && <div class="captions-bottom">{below}</div>}
    </div>
  );
}
