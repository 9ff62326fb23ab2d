/** One room: who is there, what it is set to; looked at again every few seconds. Closing and deleting it, both said before. */
import { useEffect, useState } from 'preact/hooks';
import { Confirm, Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Avatar } from '../ui/parts';
import { has, t } from '../words';
import { deleteRoom, roomDetail, setStatus, type Room, type RoomDetail } from './calls';
import { useDesk } from './key';
import { figure, stamp, Told, useAsk } from './parts';
import { Now } from './Rooms';
import '../words/later';

/** How often, in milliseconds. */
const EVERY = 3000;

const word = (prefix: string, name: string): string => {
  const key = `${prefix}.${name}`;
  return has(key) ? t(key) : name;
};

interface Props {
  readonly room: Pick<Room, 'id' | 'title'>;
  readonly close: () => void;
  /** The list is another one now. */
  readonly changed: () => void;
}

export function RoomDialog({ room: { id, title }, close, changed }: Props) {
  const { key, say } = useDesk();
  const [looking, acting] = [useAsk(), useAsk()];
  const [detail, setDetail] = useState<RoomDetail | null>(null);
  const [sure, setSure] = useState<'close' | 'delete' | null>(null);
  const look = async (): Promise<void> => {
    const found = await looking.run(() => roomDetail(key, id));
    if (found !== null) setDetail(found);
  };
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), EVERY);
    return () => clearInterval(timer);
  }, [id]);
  const status = async (to: 'ended' | 'live'): Promise<void> => {
    if (await acting.run(async () => { await setStatus(key, id, to); return true; }) === null) return;
    say(t(to === 'ended' ? 'op.said.closed' : 'op.said.opened', { title }));
    changed();
    await look();
  };
  const remove = async (): Promise<void> => {
    if (await acting.run(async () => { await deleteRoom(key, id); return true; }) === null) return;
    say(t('op.said.deleted', { name: title }));
    changed();
    close();
  };
  return (
    <Dialog title={title} close={close}>
      <Told ask={looking} />
      <Told ask={acting} />
      {detail !== null && (
        <>
          <p class="hstack op-wrap op-now">
            <Now now={detail.now} />
            <span class="t13 t2 dot">{word('visibility', detail.visibility)}</span>
            {detail.now?.title != null && <span class="t13 t2 clip dot" dir="auto">{detail.now.title}</span>}
          </p>
          <dl class="op-facts t13">
            <div><dt>{t('op.room.host')}</dt><dd dir="auto">{detail.host ?? t('op.nobody')}</dd></div>
            <div><dt>{t('op.room.madeat')}</dt><dd>{stamp(detail.madeAt)}</dd></div>
            <div><dt>{t('op.room.touched')}</dt><dd>{stamp(detail.touchedAt)}</dd></div>
            <div><dt>{t('op.room.queue')}</dt><dd class="num">{figure(detail.queued)}</dd></div>
            <div><dt>{t('op.room.lines')}</dt><dd class="num">{figure(detail.lines)}</dd></div>
            {detail.places.length > 0 && <div><dt>{t('op.room.places')}</dt><dd>{detail.places.join(', ')}</dd></div>}
            <div><dt>{t('op.id')}</dt><dd class="op-code">{detail.id}</dd></div>
          </dl>
          <h3 class="sec">{t('op.room.people', { count: detail.connections.length })}</h3>
          <ul class="op-lines">
            {detail.connections.map((one, at) => (
              <li key={`${one.person} ${at}`}>
                <Avatar person={one.person} name={one.name} />
                <span class="grow"><b class="clip block" dir="auto">{one.name}</b><span class="t12 t2">{t('op.room.by', { role: word('role', one.role), door: word('door', one.door), time: stamp(one.since) })}</span></span>
              </li>
            ))}
          </ul>
          <details>
            <summary class="op-summary t13">{t('op.room.settings')}</summary>
            <dl class="op-facts t13">{detail.settings.map(([name, value]) => <div key={name}><dt class="op-code">{name}</dt><dd class="op-code">{value}</dd></div>)}</dl>
          </details>
          <div class="dialog-acts">
            {detail.invite !== null && <a class="btn" href={detail.invite} target="_blank" rel="noopener"><Icon name="external" size={16} />{t('op.room.look')}</a>}
            {detail.now?.status === 'ended'
              ? <button class="btn" type="button" aria-disabled={acting.busy} onClick={() => void status('live')}>{t('op.room.open')}</button>
              : <button class="btn btn--grave" type="button" aria-disabled={acting.busy} onClick={() => setSure('close')}>{t('op.room.close')}</button>}
            <button class="btn btn--grave" type="button" aria-disabled={acting.busy} onClick={() => setSure('delete')}>{t('op.delete')}</button>
          </div>
        </>
      )}
      {sure === 'close' && (
        <Confirm title={t('op.sure.close', { title })} text={t('op.sure.close.text', { count: detail?.connections.length ?? 0 })} word={t('op.room.close')} yes={() => void status('ended')} close={() => setSure(null)} />
      )}
      {sure === 'delete' && (
        <Confirm title={t('op.sure.delete', { name: title })} text={t('op.sure.delete.room')} word={t('op.delete')} yes={() => void remove()} close={() => setSure(null)} />
      )}
    </Dialog>
  );
}
