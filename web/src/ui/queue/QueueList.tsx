/** What comes next, in order: rows move by drag or by buttons; the server has the last word. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { label } from '../../protocol';
import { t } from '../../words';
import { useRoom, useRoomState, useTick } from '../hooks';
import { later } from '../Later';
import type { Asking } from '../Refusal';
import { QueueRow } from './QueueRow';
import { startsAt } from './times';
import { useDrag } from './useDrag';
import '../../words/later';

const EditItem = later(() => import('./EditItem').then((part) => part.EditItem));

/** How long what is on still plays, ms; `null` where it stands or nobody knows. */
function useLeft(): number | null {
  const room = useRoom();
  const { room: state } = useRoomState();
  useTick(15_000);
  const current = state?.current ?? null;
  if (state === null || current === null || !state.playback.playing) return null;
  const end = current.end_ms ?? (current.live ? null : room.duration());
  return end === null ? null : Math.max(0, (end - room.position()) / state.playback.rate);
}

export function QueueList({ asking }: { readonly asking: Asking }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const list = useRef<HTMLOListElement>(null);
  /** The button that moved a row keeps the focus wherever the row goes. */
  const keep = useRef<string | null>(null);
  /** The row that has the focus, and where it stood: what is removed leaves it to its neighbour. */
  const focused = useRef<{ readonly id: string; readonly index: number } | null>(null);
  const [said, say] = useState('');
  const [edited, setEdited] = useState<string | null>(null);
  const queue = state?.queue ?? [];
  const ids = queue.map((item) => item.id);
  const starts = startsAt(queue, Date.now(), useLeft());

  /** Where the row stands now, in words for who does not see it. */
  const tell = (id: string, key: 'queue.moved' | 'queue.stays'): void => {
    const now = room.store.state.room?.queue ?? [];
    const index = now.findIndex((item) => item.id === id);
    const item = now[index];
    if (item !== undefined) say(t(key, { title: label(item), n: index + 1, count: now.length }));
  };
  const send = async (item: string, index: number): Promise<void> => {
    if (await asking.ask({ do: 'move', item, index })) tell(item, 'queue.moved');
    else tell(item, 'queue.stays');
  };
  const { held, take } = useDrag(list, ids, send);

  const order = ids.join(' ');
  useLayoutEffect(() => {
    const was = focused.current;
    if (was !== null && !ids.includes(was.id) && (document.activeElement === null || document.activeElement === document.body)) {
      focused.current = null;
      const next = ids[Math.min(was.index, ids.length - 1)];
      const heir = next === undefined ? document.querySelector<HTMLElement>('.q-add input') : document.getElementById(`more-${next}`);
      heir?.focus({ preventScroll: true });
    }
    if (keep.current === null) return;
    const button = document.getElementById(keep.current);
    keep.current = null;
    button?.focus({ preventScroll: true });
    button?.closest('li')?.scrollIntoView({ block: 'nearest' });
  }, [order]);
  const move = (item: string, index: number, button: string): void => {
    if (index < 0 || index >= queue.length) return;
    keep.current = button;
    void send(item, index);
  };
  const noteFocus = ({ target }: FocusEvent): void => {
    const id = target instanceof Element ? target.closest<HTMLElement>('[data-item]')?.dataset['item'] : undefined;
    focused.current = id === undefined ? null : { id, index: ids.indexOf(id) };
  };
  const forgetFocus = ({ relatedTarget }: FocusEvent): void => {
    // With nothing to go to, the focused thing itself went away.
    if (relatedTarget !== null) focused.current = null;
  };
  const lineAt = (index: number): 'before' | 'after' | null => {
    if (held === null || held.dropped || held.gap === held.from || held.gap === held.from + 1) return null;
    if (held.gap === index) return 'before';
    return held.gap === queue.length && index + 1 === queue.length ? 'after' : null;
  };
  const item = edited === null ? undefined : queue.find((one) => one.id === edited);
  return (
    <>
      <ol class={held === null ? 'qlist' : 'qlist is-moving'} ref={list} onFocusIn={noteFocus} onFocusOut={forgetFocus}>
        {queue.length === 0 && <li class="q-none t2">{t('queue.empty')}</li>}
        {queue.map((one, index) => (
          <QueueRow
            key={one.id} item={one} index={index} count={queue.length} starts={starts[index] ?? null} asking={asking} move={move}
            take={take(one.id)} inHand={held?.id === one.id} line={lineAt(index)} edit={() => setEdited(one.id)} say={say}
          />
        ))}
      </ol>
      <p class="vh" role="status">{said}</p>
      {item !== undefined && <EditItem item={item} close={() => setEdited(null)} />}
    </>
  );
}
