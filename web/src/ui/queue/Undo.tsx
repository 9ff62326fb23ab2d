/** One's own last deed on the queue, to be taken back for a moment, where it was done. */
import type { Item } from '../../protocol';
import { t } from '../../words';
import type { Deed } from '../../room-deeds';
import { useRoom, useRoomState, useTick } from '../hooks';
import '../../styles/votes.css';
import '../../words/later';

/** So long it is offered, ms. */
const OFFER = 6000;

function words({ what }: Deed, queue: readonly Item[]): string | null {
  switch (what.kind) {
    case 'added': {
      const index = queue.findIndex((item) => item.id === what.item);
      // What plays already is not taken out of the queue any more.
      if (index < 0) return null;
      if (what.count > 1) return t('queue.added.list', { title: what.title, count: what.count - 1 });
      return t('queue.added', { title: what.title, n: index + 1 });
    }
    case 'removed': return t('queue.removed', { title: what.title });
    case 'edited': return t('queue.edited', { title: what.title });
    case 'cleared':
    case 'reordered': return t(`queue.${what.kind}`);
    default: return null;
  }
}

export function Undo() {
  const room = useRoom();
  const { room: state, deeds, you } = useRoomState();
  const last = state?.undo.filter((one) => one.person === you?.person).at(-1);
  const deed = deeds.find((one) => one.seq === last?.seq);
  const left = deed === undefined ? 0 : OFFER - (Date.now() - deed.at);
  useTick(500, left > 0);
  const text = deed === undefined || left <= 0 ? null : words(deed, state?.queue ?? []);
  return (
    <div class="q-undo-place" role="status">
      {text !== null && last !== undefined && (
        <div class="ask ask--undo" key={last.seq}>
          <span class="grow clip" dir="auto">{text}</span>
          <button class="btn btn--link" type="button" onClick={() => void room.ask({ do: 'undo', seq: last.seq })}>{t('undo')}</button>
          <span class="t13 t3 num" aria-hidden="true">{t('queue.undo_left', { n: Math.max(1, Math.ceil(left / 1000)) })}</span>
        </div>
      )}
    </div>
  );
}
