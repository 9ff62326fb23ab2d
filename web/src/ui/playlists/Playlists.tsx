/** Saved lists: made of what the room has, queued again with one press; one's own, and the room's. */
import { useEffect, useState } from 'preact/hooks';
import {
  deletePlaylist, loadPlaylist, ownPlaylists, playlistEntries, renamePlaylist, roomPlaylists, savePlaylist, type Entry, type Playlist,
} from '../../api/playlists';
import type { Spot } from '../../api/queue';
import { clockText, t } from '../../words';
import { Confirm, Dialog } from '../Dialog';
import { useRoom, useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { Menu, type Choice } from '../Menu';
import { PartHead } from '../PartHead';
import { Spinner } from '../parts';
import { Refusal, useAsking, type Asking } from '../Refusal';
import { useRights } from '../rights';
import { Segments } from '../Segments';
import '../../styles/queue.css';
import '../../words/later';

type Whose = 'mine' | 'room';
const WHOSE: readonly Whose[] = ['mine', 'room'];

function Rename({ list, done, close }: { readonly list: Playlist; readonly done: () => void; readonly close: () => void }) {
  const asking = useAsking();
  const [name, setName] = useState(list.name);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const done_ = await asking.run(async () => {
      await renamePlaylist(list.id, name.trim());
      return true;
    });
    if (done_ === null) return;
    close();
    done();
  };
  return (
    <Dialog title={t('playlist.rename.title', { name: list.name })} close={close} class="dialog--small">
      <form onSubmit={(event) => void save(event)}>
        <span class="field"><input value={name} maxLength={100} aria-label={t('playlist.name')} onInput={(event) => setName(event.currentTarget.value)} /></span>
        <Refusal asking={asking} />
        <div class="dialog-acts">
          <button class="btn" type="button" onClick={close}>{t('cancel')}</button>
          <button class="btn btn--primary" type="submit" aria-disabled={asking.busy}>{t('save')}</button>
        </div>
      </form>
    </Dialog>
  );
}

function Entries({ id, asking }: { readonly id: string; readonly asking: Asking }) {
  const [entries, setEntries] = useState<readonly Entry[] | null>(null);
  useEffect(() => {
    void asking.run(() => playlistEntries(id)).then((known) => setEntries(known ?? []));
  }, [id]);
  if (entries === null) return <p class="pl-entries t3" role="status">{t('loading')}</p>;
  return (
    <ol class="pl-entries">
      {entries.map((one, index) => (
        <li key={index}><span class="grow clip" dir="auto">{one.title}</span>{one.duration_ms !== null && <span class="num t3">{clockText(one.duration_ms)}</span>}</li>
      ))}
    </ol>
  );
}

export function Playlists({ back }: { readonly back: () => void }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const { why } = useRights();
  const asking = useAsking();
  const [whose, setWhose] = useState<Whose>('mine');
  const [lists, setLists] = useState<readonly Playlist[] | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const [renamed, setRenamed] = useState<Playlist | null>(null);
  const [deleted, setDeleted] = useState<Playlist | null>(null);
  const [name, setName] = useState('');
  const [said, say] = useState('');
  const read = async (): Promise<void> => {
    const known = await asking.run(() => (whose === 'mine' ? ownPlaylists() : roomPlaylists(room.id)));
    setLists((before) => known ?? before ?? []);
  };
  useEffect(() => {
    setLists(null);
    setOpen(null);
    void read();
  }, [whose]);
  const nothing = state?.current == null && state?.queue.length === 0;
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted = name.trim();
    if (asking.busy || wanted === '' || nothing) return;
    const made = await asking.run(() => savePlaylist(room.id, wanted, whose));
    if (made === null) return;
    setName('');
    say(t('playlist.saved', { name: made.name, count: made.count }));
    await read();
  };
  const load = async (list: Playlist, spot: Spot): Promise<void> => {
    const done = await asking.run(async () => {
      await loadPlaylist(room.id, list.id, spot);
      return true;
    });
    if (done !== null) say(t('playlist.loaded', { name: list.name }));
  };
  const remove = async (list: Playlist): Promise<void> => {
    const done = await asking.run(async () => {
      await deletePlaylist(list.id);
      return true;
    });
    if (done !== null) await read();
  };
  return (
    <>
      <PartHead title={t('queue.playlists')} back={back}>
        <Segments label={t('playlist.whose')} options={WHOSE.map((value) => ({ value, word: t(`playlist.${value}`) }))} chosen={whose} choose={setWhose} />
      </PartHead>
      <form class="pl-make" onSubmit={(event) => void make(event)}>
        <span class="field"><input value={name} maxLength={100} placeholder={t('playlist.name')} aria-label={t('playlist.name')} onInput={(event) => setName(event.currentTarget.value)} /></span>
        <button class="btn" type="submit" aria-disabled={asking.busy || nothing || name.trim() === ''} title={nothing ? t('playlist.nothing') : undefined}>{t('playlist.make')}</button>
      </form>
      <div class="scroll">
        {lists === null && <p class="empty-part" role="status"><Spinner />{t('loading')}</p>}
        {lists?.length === 0 && <p class="empty-part"><Icon name="list" />{t(whose === 'mine' ? 'playlist.empty' : 'playlist.empty.room')}</p>}
        <ul class="rows">
          {(lists ?? []).map((list) => {
            const choices: (Choice | null)[] = [
              { icon: 'next', word: t('playlist.load.next'), why: why('order') ?? why('add'), run: () => void load(list, 'next') },
              { icon: 'play', word: t('playlist.load.now'), why: why('play_now') ?? why('add'), run: () => void load(list, 'now') },
              null,
              { icon: 'pen', word: t('playlist.rename'), run: () => setRenamed(list) },
              { icon: 'bin', word: t('playlist.delete'), grave: true, run: () => setDeleted(list) },
            ];
            return (
              <li key={list.id}>
                <span class="pl-glyph"><Icon name="queue" /></span>
                <button class="grow" type="button" aria-expanded={open === list.id} onClick={() => setOpen(open === list.id ? null : list.id)}>
                  <span class="ttl" dir="auto">{list.name}</span>
                  <span class="t12 t3 num">{t('playlist.films', { count: list.count })}</span>
                </button>
                <button
                  class="btn btn--sm" type="button" title={why('add')} aria-disabled={why('add') !== undefined} aria-label={t('playlist.load.name', { name: list.name })}
                  onClick={() => void load(list, 'end')}
                >
                  {t('playlist.load')}
                </button>
                <Menu label={t('queue.more', { title: list.name })} choices={choices} barred={(choice) => choice.run()} />
                {open === list.id && <Entries id={list.id} asking={asking} />}
              </li>
            );
          })}
        </ul>
      </div>
      <Refusal asking={asking} />
      <p class="q-said t13 t2 part-said" role="status" dir="auto">{said}</p>
      {renamed !== null && <Rename list={renamed} done={() => void read()} close={() => setRenamed(null)} />}
      {deleted !== null && (
        <Confirm
          title={t('playlist.delete.title', { name: deleted.name })} text={t('playlist.delete.text')} word={t('playlist.delete')}
          yes={() => void remove(deleted)} close={() => setDeleted(null)}
        />
      )}
    </>
  );
}
