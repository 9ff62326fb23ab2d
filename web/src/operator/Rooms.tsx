/** All rooms, whoever's they are; one of them opened, closed or deleted. */
import { useState } from 'preact/hooks';
import { Icon } from '../ui/Icon';
import { has, t } from '../words';
import { rooms, STATES, type Awake, type Room, type State } from './calls';
import { useDesk } from './key';
import { How, Rows, Search, stamp, useList } from './parts';
import { RoomDialog } from './RoomDialog';
import '../words/later';

/** How a room is, by a shape and a word. */
export function Now({ now }: { readonly now: Awake | null }) {
  if (now === null) return <How icon="minus" tone="calm" word={t('op.room.asleep')} />;
  if (now.status !== 'live') {
    const key = `op.status.${now.status}`;
    return <How icon="lock" tone="calm" word={has(key) ? t(key) : now.status} />;
  }
  if (now.people === 0) return <How icon="clock" tone="calm" word={t('op.room.empty')} />;
  return <How icon={now.playing ? 'play' : 'pause'} tone={now.playing ? 'ok' : 'calm'} word={t('op.room.here', { count: now.people })} />;
}

export function Rooms() {
  const { key } = useDesk();
  const [words, setWords] = useState('');
  const [state, setState] = useState<State>('all');
  const [open, setOpen] = useState<Room | null>(null);
  const list = useList(`${state} ${words}`, (after) => rooms(key, words, state, after));
  return (
    <>
      <h2 class="vh" tabIndex={-1} id="op-list">{t('op.rooms')}</h2>
      <div class="op-tools">
        <Search label={t('op.rooms.search')} search={setWords} />
        <label class="field op-state">
          <span class="vh">{t('op.rooms.state')}</span>
          <select value={state} onChange={(event) => setState(event.currentTarget.value as State)}>
            {STATES.map((one) => <option key={one} value={one}>{t(`op.rooms.${one}`)}</option>)}
          </select>
        </label>
      </div>
      <Rows
        list={list} none={t('op.rooms.none')} label={t('op.rooms')}
        row={(room) => (
          <li key={room.id}>
            <button class="op-row" type="button" onClick={() => setOpen(room)}>
              <Icon name={room.public ? 'globe' : 'lock'} size={16} />
              <span class="grow">
                <b class="clip block" dir="auto">{room.title}</b>
                <span class="t13 t2 clip block">{t('op.room.made', { name: room.host ?? t('op.nobody'), time: stamp(room.madeAt) })}{room.node !== null && ` · ${room.node}`}</span>
              </span>
              <Now now={room.now} />
              <Icon name="right" size={16} />
            </button>
          </li>
        )}
      />
      {open !== null && <RoomDialog room={open} close={() => setOpen(null)} changed={list.again} />}
    </>
  );
}
