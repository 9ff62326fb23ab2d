/** One film that waits: handle, still, title, who brought it; play it now, take it out, up and down. */
import '../styles/votes.css';
import { useState } from 'preact/hooks';
import { label, type Item } from '../protocol';
import { t } from '../words';
import { useRoom, useRoomState } from './hooks';
import { Icon } from './Icon';
import { Origin, Thumb } from './parts';
import '../words/later';

interface Props {
  readonly item: Item;
  readonly index: number;
  readonly count: number;
  readonly move: (item: string, index: number, button: string | null) => void;
  readonly dragged: boolean;
  readonly drop: 'before' | 'after' | null;
  readonly dragStart: () => void;
  readonly dragOver: (after: boolean) => void;
  readonly dragEnd: () => void;
}

export function QueueRow({ item, index, count, move, dragged, drop, dragStart, dragOver, dragEnd }: Props) {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const [open, setOpen] = useState(false);
  const [held, setHeld] = useState(false);
  const title = label(item);
  const byVotes = state?.queue_mode === 'vote';
  const votes = state?.votes[item.id] ?? [];
  const mine = you !== null && votes.includes(you.person);
  const step = (by: number, word: string, icon: 'up' | 'down') => {
    const id = `${icon}-${item.id}`;
    const stuck = index + by < 0 || index + by >= count;
    return (
      <button
        id={id} class="icon-btn" type="button" aria-label={word} title={word} aria-disabled={stuck}
        onClick={() => {
          if (!stuck) move(item.id, index + by, id);
        }}
      >
        <Icon name={icon} />
      </button>
    );
  };
  return (
    <li
      class={`q ${byVotes ? 'q--votes' : ''} ${dragged ? 'is-drag' : ''} ${drop === null ? '' : `drop-${drop}`} ${open ? 'is-open' : ''}`} draggable={held}
      onDragStart={(event) => {
        event.dataTransfer?.setData('text/plain', item.url);
        dragStart();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        const box = event.currentTarget.getBoundingClientRect();
        dragOver(event.clientY > box.top + box.height / 2);
      }}
      onDrop={(event) => event.preventDefault()}
      onDragEnd={() => {
        setHeld(false);
        dragEnd();
      }}
    >
      <span class="grip" title={t('queue.drag')} onPointerDown={() => setHeld(true)} onPointerUp={() => setHeld(false)}>
        <Icon name="grip" />
      </span>
      <Thumb item={item} width={88} />
      <span class="q-text">
        <span class="ttl" dir="auto">{title}</span>
        <span class="t12 t3 hstack tight">
          {item.added_by.person === you?.person ? t('added.by_you') : item.added_by.name}
          <Origin door={item.added_by.door} />
        </span>
      </span>
      {byVotes && (
        <button
          class="vote" type="button" aria-pressed={mine} aria-label={t('queue.vote', { title, count: votes.length })} title={t(mine ? 'queue.unvote' : 'queue.vote_for')}
          onClick={() => void room.ask({ do: 'vote', item: item.id, up: !mine })}
        >
          <Icon name="vote" />
          {votes.length}
        </button>
      )}
      <button class="icon-btn q-more" type="button" aria-label={t('queue.more', { title })} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="more" />
      </button>
      <span class="q-acts">
        <button
          class="icon-btn" type="button" aria-label={t('queue.pick', { title })} title={t('queue.pick', { title })}
          onClick={() => void room.ask({ do: 'pick', item: item.id })}
        >
          <Icon name="play" />
        </button>
        <button
          class="icon-btn" type="button" aria-label={t('queue.remove', { title })} title={t('queue.remove', { title })}
          onClick={() => void room.ask({ do: 'remove', item: item.id })}
        >
          <Icon name="x" />
        </button>
        {!byVotes && (
          <span class="move">
            {step(-1, t('queue.up', { title }), 'up')}
            {step(1, t('queue.down', { title }), 'down')}
          </span>
        )}
      </span>
    </li>
  );
}
