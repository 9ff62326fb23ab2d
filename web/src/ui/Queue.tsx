/** What is on, what comes next, and the field to add to it. Rows move by drag or by buttons; the server has the last word. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { label } from '../protocol';
import { clockText, t } from '../words';
import { useRoom, useRoomState, useTick } from './hooks';
import { LinkField } from './LinkField';
import { Thumb } from './parts';
import { QueueRow } from './QueueRow';
import { Back, Skip } from './Skip';
import '../words/later';

function Playing() {
  const room = useRoom();
  const { room: state } = useRoomState();
  useTick(1000, state?.playback.playing === true);
  const current = state?.current ?? null;
  if (state === null || current === null) return null;
  const duration = room.duration();
  const left = duration === null || current.live ? null : clockText(duration - room.position());
  const word = t(state.playback.playing ? 'queue.playing' : 'queue.paused');
  return (
    <div class="q-playing">
      <div class="hstack wide">
        <Thumb item={{ ...current, duration_ms: null }} width={88} />
        <span class="grow">
          <b class="clip block" dir="auto">{label(current)}</b>
          <span class="t13 t2 num">{left === null ? word : t('queue.left', { word, left })}</span>
        </span>
      </div>
      <span class="hstack">
        <Back class="btn btn--sm" />
        <Skip class="btn btn--sm grow" word={t('queue.skip_this')} />
      </span>
    </div>
  );
}

export function Queue() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const list = useRef<HTMLOListElement>(null);
  /** The button that moved a row keeps the focus wherever the row goes. */
  const keep = useRef<string | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const queue = state?.queue ?? [];
  const order = queue.map((item) => item.id).join(' ');
  useEffect(() => {
    if (keep.current === null) return;
    const button = document.getElementById(keep.current);
    keep.current = null;
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: 'nearest' });
  }, [order]);

  const move = (item: string, index: number, button: string | null): void => {
    if (index < 0 || index >= queue.length) return;
    keep.current = button;
    void room.ask({ do: 'move', item, index });
  };
  const total = queue.every((item) => item.duration_ms !== null) ? queue.reduce((sum, item) => sum + (item.duration_ms ?? 0), 0) : null;
  const drop = (): void => {
    const from = queue.findIndex((item) => item.id === dragged);
    if (dragged !== null && over !== null && from >= 0) {
      const to = over > from ? over - 1 : over;
      if (to !== from) move(dragged, to, null);
    }
    setDragged(null);
    setOver(null);
  };

  return (
    <>
      <Playing />
      <div class="sec">
        <span>{t(state?.queue_mode === 'vote' ? 'up_next.votes' : 'up_next')}</span>
        <span class="num">{t('queue.films', { count: queue.length })}{total !== null && total > 0 ? `, ${clockText(total)}` : ''}</span>
      </div>
      <ol class="qlist" ref={list}>
        {queue.length === 0 && <li class="q-none t2">{t('queue.empty')}</li>}
        {queue.map((item, index) => (
          <QueueRow
            key={item.id} item={item} index={index} count={queue.length} move={move}
            dragged={dragged === item.id} drop={over === index ? 'before' : over === index + 1 && index + 1 === queue.length ? 'after' : null}
            dragStart={() => setDragged(item.id)} dragOver={(after) => setOver(after ? index + 1 : index)} dragEnd={drop}
          />
        ))}
      </ol>
      <div class="q-add">
        <LinkField icon="plus" placeholder={t('link.paste')} label={t('queue.add')} give={(url) => room.ask({ do: 'add', url })} />
      </div>
    </>
  );
}
