/** One film that waits: handle, still, title, who brought it and when it begins; its vote, and what can be done with it. */
import { label, type Item } from '../../protocol';
import { clockText, t, wallText } from '../../words';
import { useRoomState } from '../hooks';
import { Icon, type IconName } from '../Icon';
import { Menu, type Choice } from '../Menu';
import { Origin, Thumb } from '../parts';
import type { Asking } from '../Refusal';
import { useRights } from '../rights';
import '../../styles/queue.css';
import '../../styles/votes.css';
import '../../words/later';

interface Props {
  readonly item: Item;
  readonly index: number;
  readonly count: number;
  /** When it begins, Unix ms. */
  readonly starts: number | null;
  readonly asking: Asking;
  readonly move: (item: string, index: number, button: string) => void;
  readonly take: (event: PointerEvent) => void;
  readonly inHand: boolean;
  readonly line: 'before' | 'after' | null;
  readonly edit: () => void;
  readonly say: (text: string) => void;
}

function partText({ start_ms, end_ms }: Item): string | null {
  if (start_ms !== null && end_ms !== null) return t('queue.part', { from: clockText(start_ms), to: clockText(end_ms) });
  if (start_ms !== null) return t('queue.part.from', { from: clockText(start_ms) });
  return end_ms === null ? null : t('queue.part.to', { to: clockText(end_ms) });
}

export function QueueRow({ item, index, count, starts, asking, move, take, inHand, line, edit, say }: Props) {
  const { room: state, you } = useRoomState();
  const { why } = useRights();
  const title = label(item);
  const byVotes = state?.queue_mode === 'vote';
  const votes = state?.votes[item.id] ?? [];
  const mine = you !== null && votes.includes(you.person);
  const own = item.added_by.person === you?.person;
  const [noOrder, noPick, noRemove, noVote] = [why('order'), why('play_now'), why(own ? 'add' : 'remove'), why('vote')];
  const part = partText(item);

  const step = (by: number, word: string, icon: IconName) => {
    const id = `${icon}-${item.id}`;
    const stuck = index + by < 0 || index + by >= count;
    return (
      <button
        id={id} class="icon-btn" type="button" aria-label={word} title={noOrder ?? word} aria-disabled={stuck || noOrder !== undefined}
        onClick={() => {
          if (!stuck) move(item.id, index + by, id);
        }}
      >
        <Icon name={icon} />
      </button>
    );
  };
  const menu = `more-${item.id}`;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(item.url);
      say(t('queue.copied'));
    } catch {
      window.open(item.url, '_blank', 'noopener');
    }
  };
  const choices: (Choice | null)[] = [
    { icon: 'play', word: t('queue.play'), why: noPick, run: () => void asking.ask({ do: 'pick', item: item.id }) },
    ...(state?.current == null ? [] : [{
      icon: 'hourglass' as const, word: t('queue.play_keep'), hint: t('queue.play_keep.hint'), why: noPick,
      run: () => void asking.ask({ do: 'pick', item: item.id, keep: true }),
    }]),
    ...(index === 0 ? [] : [{ icon: 'next' as const, word: t('queue.play_next'), why: noOrder, run: () => move(item.id, 0, menu) }]),
    ...(index === 0 ? [] : [{ icon: 'up' as const, word: t('queue.move_up'), why: noOrder, run: () => move(item.id, index - 1, menu) }]),
    ...(index + 1 >= count ? [] : [{ icon: 'down' as const, word: t('queue.move_down'), why: noOrder, run: () => move(item.id, index + 1, menu) }]),
    null,
    { icon: 'pen', word: t('queue.edit'), why: own ? undefined : why('edit'), run: edit },
    { icon: 'link', word: t('queue.copy'), run: () => void copy() },
    { icon: 'external', word: t('queue.open'), run: () => void window.open(item.url, '_blank', 'noopener,noreferrer') },
    null,
    { icon: 'bin', word: t('queue.remove_this'), why: noRemove, grave: true, run: () => void asking.ask({ do: 'remove', item: item.id }) },
  ];
  return (
    <li
      class={`q ${byVotes ? 'q--votes' : ''} ${inHand ? 'is-drag' : ''} ${line === null ? '' : `drop-${line}`}`} data-item={item.id}
    >
      <span
        class={`grip ${noOrder === undefined ? '' : 'grip--no'}`} title={noOrder ?? t('queue.drag')} aria-hidden="true"
        onPointerDown={noOrder === undefined ? take : undefined}
      >
        <Icon name="grip" />
      </span>
      <span class="q-still">
        <Thumb still={item} length={item.duration_ms} />
        <button
          class="q-go" type="button" aria-label={t('queue.pick', { title })} title={noPick ?? t('queue.pick', { title })} aria-disabled={noPick !== undefined}
          onClick={() => void asking.ask({ do: 'pick', item: item.id })}
        >
          <Icon name="play" />
        </button>
      </span>
      <span class="q-text">
        <span class="ttl" dir="auto" title={title}>{title}</span>
        <span class="t12 t3 q-by">
          <span class="hstack tight">
            <span class="clip" dir="auto">{own ? t('added.by_you') : item.added_by.name}</span>
            <Origin door={item.added_by.door} />
          </span>
          {starts !== null && <span class="num" title={t('queue.starts.label', { time: wallText(starts) })}>{t('queue.starts', { time: wallText(starts) })}</span>}
        </span>
        {part !== null && <span class="t12 t3 num block clip">{part}</span>}
      </span>
      {byVotes && (
        <button
          class="vote" type="button" aria-pressed={mine} aria-label={t('queue.vote', { title, count: votes.length })}
          title={noVote ?? t(mine ? 'queue.unvote' : 'queue.vote_for')} aria-disabled={noVote !== undefined}
          onClick={() => void asking.ask({ do: 'vote', item: item.id, up: !mine })}
        >
          <Icon name="vote" />
          {votes.length}
        </button>
      )}
      <span class="q-acts">
        {!byVotes && (
          <>
            <button
              class="icon-btn q-wide" type="button" aria-label={t('queue.remove', { title })} title={noRemove ?? t('queue.remove', { title })}
              aria-disabled={noRemove !== undefined} onClick={() => void asking.ask({ do: 'remove', item: item.id })}
            >
              <Icon name="x" />
            </button>
            <span class="move q-wide">
              {step(-1, t('queue.up', { title }), 'up')}
              {step(1, t('queue.down', { title }), 'down')}
            </span>
          </>
        )}
        <Menu id={menu} label={t('queue.more', { title })} class="icon-btn q-more" choices={choices} barred={(choice) => choice.run()} />
      </span>
    </li>
  );
}
