/** What was played here before, the newest first: add it again, or play it now. */
import { history } from '../../api/past';
import { addLink, type Spot } from '../../api/queue';
import { label } from '../../protocol';
import { agoText, t } from '../../words';
import { useRoom, useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { Menu, type Choice } from '../Menu';
import { PartHead } from '../PartHead';
import { Origin, Spinner, Thumb } from '../parts';
import { Refusal, useAsking } from '../Refusal';
import { useRights } from '../rights';
import { usePages } from '../usePages';
import { useState } from 'preact/hooks';
import '../../styles/queue.css';
import '../../words/later';

export function History({ back }: { readonly back: () => void }) {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const { why } = useRights();
  const asking = useAsking();
  const [said, say] = useState('');
  // Whatever is played meanwhile belongs on top.
  const { entries, more, asking: reading, again } = usePages(String(state?.tally.played ?? 0), (before) => history(room.id, before));
  const add = async (url: string, spot: Spot): Promise<void> => {
    const added = await asking.run(() => addLink(room.id, url, spot, false));
    if (added !== null) say(added.position === 0 ? t('queue.added.on', { title: added.title }) : t('queue.added', { title: added.title, n: added.position }));
  };
  const now = Date.now();
  return (
    <>
      <PartHead title={t('queue.played')} back={back} />
      <div class="scroll">
        <Refusal asking={reading}><button class="btn btn--sm" type="button" onClick={again}>{t('again')}</button></Refusal>
        {entries === null && reading.busy && <p class="empty-part" role="status"><Spinner />{t('loading')}</p>}
        {entries?.length === 0 && <p class="empty-part"><Icon name="activity" />{t('history.empty')}</p>}
        <ol class="rows">
          {(entries ?? []).map(({ seq, at, item }) => {
            const title = label(item);
            const choices: readonly Choice[] = [
              { icon: 'next', word: t('queue.play_next'), why: why('order') ?? why('add'), run: () => void add(item.url, 'next') },
              { icon: 'play', word: t('queue.play'), why: why('play_now') ?? why('add'), run: () => void add(item.url, 'now') },
              { icon: 'external', word: t('queue.open'), run: () => void window.open(item.url, '_blank', 'noopener,noreferrer') },
            ];
            return (
              <li key={seq}>
                <Thumb still={item} length={item.duration_ms} width={72} />
                <span class="grow">
                  <span class="ttl" dir="auto">{title}</span>
                  <span class="t12 t3 hstack tight">
                    <span class="clip" dir="auto">{item.added_by.person === you?.person ? t('You') : item.added_by.name}</span>
                    <Origin door={item.added_by.door} />
                    <span class="num">{agoText(at, now)}</span>
                  </span>
                </span>
                <button
                  class="icon-btn" type="button" aria-label={t('history.add', { title })} title={why('add') ?? t('history.add', { title })} aria-disabled={why('add') !== undefined}
                  onClick={() => void add(item.url, 'end')}
                >
                  <Icon name="plus" />
                </button>
                <Menu label={t('queue.more', { title })} choices={choices} barred={(choice) => choice.run()} />
              </li>
            );
          })}
        </ol>
        {more !== null && <div class="rows-more"><button class="btn btn--sm" type="button" aria-disabled={reading.busy} onClick={more}>{t('older')}</button></div>}
      </div>
      <Refusal asking={asking} />
      <p class="q-said t13 t2 part-said" role="status" dir="auto">{said}</p>
    </>
  );
}
