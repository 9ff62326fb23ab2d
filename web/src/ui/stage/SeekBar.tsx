/** The seek bar: a line in a tall target. A drag only shows where it would go; the room moves when the server says so. */
import { useRef, useState } from 'preact/hooks';
import type { Segment } from '../../protocol';
import { clockText, has, t } from '../../words';
import { useRoom, useRoomState, useTick } from '../hooks';
import { vars } from '../parts';
import '../../words/later';

const percent = (value: number): string => `${(Math.min(1, Math.max(0, value)) * 100).toFixed(3)}%`;

/** What a part that may be skipped is called. */
function partName({ category }: Segment): string {
  const key = `segment.${category}`;
  return has(key) ? t(key) : category;
}

export function SeekBar() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const bar = useRef<HTMLDivElement>(null);
  const [aim, setAim] = useState<number | null>(null);
  const [pending, setPending] = useState<number | null>(null);
  const held = useRef(false);
  useTick(250, state?.playback.playing === true);
  const duration = room.duration();
  const live = state?.current?.live === true;
  const usable = duration !== null && !live;
  const position = room.position();

  const at = (event: PointerEvent): number => {
    const box = bar.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0 || duration === null) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * duration;
  };
  const go = async (goal: number): Promise<void> => {
    setPending(goal);
    await room.ask({ do: 'seek', position_ms: Math.round(goal) });
    setPending(null);
  };
  const key = (event: KeyboardEvent): void => {
    if (!usable) return;
    const steps: Record<string, number> = { ArrowLeft: -5000, ArrowDown: -5000, ArrowRight: 5000, ArrowUp: 5000, PageDown: -60_000, PageUp: 60_000 };
    const step = steps[event.key];
    if (step !== undefined) room.seekBy(step);
    else if (event.key === 'Home') void go(0);
    else if (event.key === 'End') void go(duration);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const share = (ms: number): string => (duration === null ? '0%' : percent(ms / duration));
  const segments = state?.current?.segments ?? [];
  const skips = state?.skip_segments ?? [];
  const partAt = (ms: number): Segment | undefined => segments.find((one) => one.start_ms <= ms && ms < one.end_ms);
  const over = aim === null ? undefined : partAt(aim);
  const inside = partAt(position);
  const buffered = room.projector.player?.bufferedUntil() ?? 0;

  return (
    <div
      ref={bar} class="seek" role="slider" tabIndex={0} aria-label={t('seek.label')} aria-disabled={!usable}
      aria-valuemin={0} aria-valuemax={Math.round((duration ?? 0) / 1000)} aria-valuenow={Math.round(position / 1000)}
      aria-valuetext={
        duration === null ? clockText(position)
          : inside === undefined ? t('seek.text', { at: clockText(position), of: clockText(duration) })
            : t('seek.text.part', { at: clockText(position), of: clockText(duration), part: partName(inside) })
      }
      style={vars({ '--p': share(position), '--b': share(buffered), '--a': share(aim ?? pending ?? 0) })}
      onKeyDown={key}
      onPointerDown={(event) => {
        if (!usable || event.button !== 0) return;
        held.current = true;
        bar.current?.setPointerCapture(event.pointerId);
        setAim(at(event));
      }}
      onPointerMove={(event) => {
        if (usable && (held.current || event.pointerType === 'mouse')) setAim(at(event));
      }}
      onPointerUp={(event) => {
        if (!held.current) return;
        held.current = false;
        const goal = at(event);
        if (event.pointerType !== 'mouse') setAim(null);
        void go(goal);
      }}
      onPointerCancel={() => {
        held.current = false;
        setAim(null);
      }}
      onPointerLeave={() => {
        if (!held.current) setAim(null);
      }}
    >
      <span class="bar" />
      <span class="buf" />
      <span class="done" />
      {duration !== null && segments.map((one) => (
        <span
          key={`${one.start_ms} ${one.category}`} class={skips.includes(one.category) ? 'part part--skipped' : 'part'}
          style={vars({ '--from': share(one.start_ms), '--to': share(one.end_ms) })}
        />
      ))}
      {pending !== null && <span class="ghost" />}
      {aim !== null && (
        <span class="tip num">
          {clockText(aim)}
          {over !== undefined && <small>{skips.includes(over.category) ? t('segment.skipped', { part: partName(over) }) : partName(over)}</small>}
        </span>
      )}
      {usable && <span class="knob" />}
    </div>
  );
}
