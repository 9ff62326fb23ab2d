/** The next few, under the film. */
import { label } from '../../protocol';
import { t } from '../../words';
import '../../words/later';
import { useRoom, useRoomState } from '../hooks';
import { Origin, Thumb } from '../parts';

import '../../styles/shelf.css';

const SHOWN = 5;

export function UpNext({ showAll }: { readonly showAll: () => void }) {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const queue = state?.queue ?? [];
  if (queue.length === 0) return null;
  return (
    <section class="shelf" aria-labelledby="h-next">
      <div class="shelf-head">
        <h3 id="h-next">{t('up_next')}</h3>
        {state?.queue_mode === 'vote' && <span class="t13 t3">{t('up_next.by_votes')}</span>}
        <span class="grow" />
        <button class="btn btn--link t13" type="button" onClick={showAll}>{t('up_next.all', { count: queue.length })}</button>
      </div>
      <ol>
        {queue.slice(0, SHOWN).map((item) => (
          <li key={item.id}>
            <button class="shelf-item" type="button" title={t('queue.pick', { title: label(item) })} onClick={() => void room.ask({ do: 'pick', item: item.id })}>
              <Thumb still={item} length={item.duration_ms} />
              <span class="clip shelf-title" dir="auto">{label(item)}</span>
              <span class="t12 t3 hstack tight">
                {item.added_by.person === you?.person ? t('You') : item.added_by.name}
                <Origin door={item.added_by.door} />
                {state?.queue_mode === 'vote' && <span class="num shelf-votes">{t('queue.votes', { count: state.votes[item.id]?.length ?? 0 })}</span>}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
