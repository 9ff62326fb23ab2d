/** What is on, what comes next, and the field to add to it; beside them what was played and saved lists. */
import { useState } from 'preact/hooks';
import { exportQueue } from '../../api/queue';
import { t } from '../../words';
import { Confirm } from '../Dialog';
import { useRoom, useRoomState } from '../hooks';
import { later } from '../Later';
import { Menu, type Choice } from '../Menu';
import { Refusal, useAsking, type Asking } from '../Refusal';
import { useRights } from '../rights';
import { fileName, saveFile } from '../saveFile';
import { AddField } from './AddField';
import { lengthText } from './length';
import { Playing } from './Playing';
import { QueueList } from './QueueList';
import { totalOf } from './times';
import { Undo } from './Undo';
import '../../styles/queue.css';
import '../../words/later';

const FromHere = later(() => import('../library/FromHere').then((part) => part.FromHere));
const ImportList = later(() => import('./ImportList').then((part) => part.ImportList));
const History = later(() => import('../history/History').then((part) => part.History));
const Playlists = later(() => import('../playlists/Playlists').then((part) => part.Playlists));

type View = 'queue' | 'history' | 'playlists';

function totalText(state: { readonly queue: Parameters<typeof totalOf>[0] }): string {
  const count = state.queue.length;
  const { ms, unknown } = totalOf(state.queue);
  if (ms === 0) return count === 0 ? '' : String(count);
  return t(unknown === 0 ? 'queue.total' : 'queue.total.more', { count, length: lengthText(ms) });
}

interface HeadProps {
  readonly asking: Asking;
  readonly show: (view: View) => void;
  readonly paste: () => void;
}

function Head({ asking, show, paste }: HeadProps) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const { why } = useRights();
  const [asks, setAsks] = useState(false);
  if (state === null) return null;
  const save = async (format: 'm3u' | 'json'): Promise<void> => {
    const text = await asking.run(() => exportQueue(room.id, format));
    if (text !== null) saveFile(fileName(state.title, format), format === 'm3u' ? 'audio/x-mpegurl' : 'application/json', text);
  };
  const some = state.queue.length > 0;
  const choices: (Choice | null)[] = [
    ...(state.queue.length > 1 ? [{ icon: 'shuffle' as const, word: t('queue.shuffle'), why: why('order'), run: () => void asking.ask({ do: 'shuffle' }) }] : []),
    { icon: 'list', word: t('queue.import'), hint: t('queue.import.hint'), why: why('add'), run: paste },
    ...(some || state.current !== null ? [
      { icon: 'download' as const, word: t('queue.export.m3u'), run: () => void save('m3u') },
      { icon: 'download' as const, word: t('queue.export.json'), run: () => void save('json') },
    ] : []),
    null,
    { icon: 'queue', word: t('queue.playlists'), run: () => show('playlists') },
    { icon: 'activity', word: t('queue.played'), run: () => show('history') },
    ...(some ? [null, { icon: 'bin' as const, word: t('queue.clear'), why: why('remove'), grave: true, run: () => setAsks(true) }] : []),
  ];
  // What one may not do is asked all the same: the room's answer offers a vote.
  const barred = (choice: Choice): void => {
    if (choice.word === t('queue.clear')) void asking.ask({ do: 'clear' });
    else choice.run();
  };
  return (
    <div class="sec q-head">
      <h2>{t(state.queue_mode === 'vote' ? 'up_next.votes' : 'up_next')}</h2>
      <span class="num grow q-total">{totalText(state)}</span>
      <Menu id="queue-menu" label={t('queue.menu')} class="icon-btn icon-btn--sm" choices={choices} barred={barred} />
      {asks && (
        <Confirm
          title={t('queue.clear.title')} text={t('queue.clear.text', { count: state.queue.length })} word={t('queue.clear')}
          yes={() => void asking.ask({ do: 'clear' })} close={() => setAsks(false)}
        />
      )}
    </div>
  );
}

export function Queue() {
  const asking = useAsking();
  const [view, setView] = useState<View>('queue');
  const [pasted, setPasted] = useState<string | null>(null);
  if (view !== 'queue') {
    const back = (): void => {
      setView('queue');
      requestAnimationFrame(() => document.getElementById('queue-menu')?.focus());
    };
    return view === 'history' ? <History back={back} /> : <Playlists back={back} />;
  }
  return (
    <>
      <Playing />
      <Head asking={asking} show={setView} paste={() => setPasted('')} />
      <QueueList asking={asking} />
      <Refusal asking={asking} />
      <Undo />
      <div class="q-here"><FromHere /></div>
      <AddField paste={setPasted} />
      {pasted !== null && <ImportList text={pasted} close={() => setPasted(null)} />}
    </>
  );
}
