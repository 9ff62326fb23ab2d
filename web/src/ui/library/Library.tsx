/** The films of this server: found by words, added with a press, and more of them brought by a button or by dropping files. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { sentence } from '../../room';
import { t } from '../../words';
import { useRoom, useWatch } from '../hooks';
import { Icon } from '../Icon';
import { FilmRow } from './FilmRow';
import { UploadRow } from './UploadRow';
import { allowance, end, films as ask, type Allowance, type Film } from './calls';
import { ACCEPTED, isAccepted, sizeText } from './texts';
import { uploader } from './uploads';
import '../../words/later';

/** How long after the last letter the list is asked for, ms. */
const TYPED = 250;

interface List {
  readonly films: readonly Film[];
  readonly next: string | null;
  readonly state: 'loading' | 'there' | 'failed';
  readonly why: string;
}

const NOTHING: List = { films: [], next: null, state: 'loading', why: '' };

/** The list of films for these words; `again` asks for it anew, `more` for the page behind it. */
function useFilms(words: string) {
  const [list, setList] = useState<List>(NOTHING);
  const [round, setRound] = useState(0);
  const latest = useRef(0);
  const load = async (after: string | null): Promise<void> => {
    latest.current += 1;
    const mine = latest.current;
    setList((before) => ({ ...before, state: 'loading' }));
    try {
      const page = await ask(words, after);
      if (mine !== latest.current) return;
      setList((before) => ({ films: after === null ? page.films : [...before.films, ...page.films], next: page.next, state: 'there', why: '' }));
    } catch (error) {
      if (mine === latest.current) setList((before) => ({ ...before, state: 'failed', why: sentence(error) }));
    }
  };
  useEffect(() => {
    const timer = setTimeout(() => void load(null), words === '' ? 0 : TYPED);
    return () => clearTimeout(timer);
  }, [words, round]);
  return { list, again: () => setRound((count) => count + 1), more: () => void load(list.next) };
}

export function Library({ close }: { readonly close: () => void }) {
  const room = useRoom();
  const dialog = useRef<HTMLDialogElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState('');
  const [may, setMay] = useState<Allowance | null>(null);
  const [over, setOver] = useState(false);
  const [said, setSaid] = useState('');
  const [troubles, setTroubles] = useState<readonly string[]>([]);
  const { list, again, more } = useFilms(words.trim());
  const tasks = useWatch(uploader, () => uploader.tasks);
  const arrived = tasks.filter((task) => task.phase === 'done').length;
  const failed = tasks.filter((task) => task.phase === 'failed').length;

  const look = (): void => {
    allowance().then(setMay, () => undefined);
  };
  useEffect(() => {
    dialog.current?.showModal();
    search.current?.focus();
  }, []);
  useEffect(look, [failed]);
  useEffect(() => {
    if (arrived === 0) return;
    const last = tasks.findLast((task) => task.phase === 'done');
    if (last !== undefined) setSaid(t('upload.told_done', { name: last.file.name }));
    look();
    again();
  }, [arrived]);

  const open = may?.on === true && !may.needs_account;
  const left = may === null ? 0 : Math.max(0, may.quota_bytes - may.used_bytes);
  const give = (files: readonly File[]): void => {
    if (!open) return;
    const wrong: string[] = [];
    // What the server would refuse is told before a byte of it is sent.
    const good = files.filter((file) => {
      const fill = { name: file.name, size: sizeText(file.size), limit: sizeText(may.file_bytes), left: sizeText(left) };
      const known = may.uploads.some((one) => one.file === null && one.bytes === file.size);
      if (!isAccepted(file.name)) wrong.push(t('upload.wrong_kind', fill));
      else if (file.size === 0) wrong.push(t('upload.empty', fill));
      else if (file.size > may.file_bytes) wrong.push(t('upload.too_large', fill));
      else if (file.size > left && !known) wrong.push(t('upload.no_room', fill));
      else return true;
      return false;
    });
    setTroubles(wrong);
    if (good.length > 0) uploader.add(room.id, good, may.uploads);
  };
  /** The focus, where the row that had it goes. */
  const home = (): void => search.current?.focus();
  const remove = async (film: Film): Promise<void> => {
    if (film.uploaded === null) return;
    try {
      await end(film.uploaded.id);
      setSaid(t('library.deleted', { title: film.title }));
      home();
    } catch (error) {
      setTroubles([sentence(error)]);
    }
    look();
    again();
  };
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  const unfinished = (may?.uploads ?? []).filter((one) => one.offset < one.bytes && !tasks.some((task) => task.id === one.id));

  return (
    <dialog
      ref={dialog} class={`lib ${over ? 'is-over' : ''}`} aria-labelledby="lib-title" onClose={close}
      onClick={(event) => {
        // Outside of what it holds: the backdrop.
        if (event.target === dialog.current) dialog.current?.close();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      onDragOver={(event) => {
        if (!open || !carriesFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node) || dialog.current?.contains(event.relatedTarget) !== true) setOver(false);
      }}
      onDrop={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(false);
        give([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <div class="lib-in-frame">
        <header class="lib-head">
          <span class="grow">
            <h2 id="lib-title">{t('library.title')}</h2>
            <p class="t13 t2">{t('library.hint')}</p>
          </span>
          <button class="icon-btn" type="button" aria-label={t('close')} title={t('close')} onClick={() => dialog.current?.close()}>
            <Icon name="x" />
          </button>
        </header>
        <span class="field lib-search">
          <Icon name="film" />
          <input
            ref={search} type="search" placeholder={t('library.search')} aria-label={t('library.search')} autoComplete="off" spellcheck={false}
            value={words} onInput={(event) => setWords(event.currentTarget.value)}
          />
        </span>
        <div class="lib-body">
          {troubles.length > 0 && (
            <div role="alert"><ul class="lib-troubles">{troubles.map((text) => <li key={text} class="t13 bad">{text}</li>)}</ul></div>
          )}
          {(tasks.length > 0 || unfinished.length > 0) && (
            <ul class="ups" aria-label={t('upload.list')}>
              {tasks.map((task) => <UploadRow key={task.key} task={task} gone={home} />)}
              {unfinished.map((one) => (
                <li key={one.id} class="up up--waiting">
                  <Icon name="hourglass" />
                  <span class="grow">
                    <b class="clip block" dir="auto">{one.name}</b>
                    <span class="t13 t2 num block">{t('upload.unfinished', { sent: sizeText(one.offset), all: sizeText(one.bytes) })}</span>
                  </span>
                  <button
                    class="icon-btn" type="button" aria-label={t('upload.cancel', { name: one.name })} title={t('upload.cancel', { name: one.name })}
                    onClick={() => {
                      void end(one.id).then(look, look);
                      home();
                    }}
                  >
                    <Icon name="x" />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <ul class="lib-list" aria-label={t('library.list')} aria-busy={list.state === 'loading'}>
            {list.films.map((film) => <FilmRow key={film.path} film={film} remove={remove} say={setSaid} />)}
          </ul>
          {list.films.length === 0 && list.state === 'loading' && <p class="lib-none t2">{t('library.loading')}</p>}
          {list.films.length === 0 && list.state === 'there' && (
            <p class="lib-none t2">{t(words.trim() === '' ? 'library.none' : 'library.none_found')}</p>
          )}
          {list.state === 'failed' && (
            <p class="lib-none" role="alert">
              <span class="t2">{t('library.failed', { why: list.why })}</span>
              <button class="btn btn--sm" type="button" onClick={again}>{t('library.again')}</button>
            </p>
          )}
          {list.next !== null && list.state === 'there' && (
            <button class="btn btn--sm lib-more" type="button" onClick={more}>{t('library.more')}</button>
          )}
        </div>
        {may?.on === true && (
          <footer class="lib-foot">
            <span class="grow t13 t2 num">
              {may.needs_account ? t('upload.off_account') : t('upload.room_left', { left: sizeText(left), all: sizeText(may.quota_bytes) })}
            </span>
            <button
              class="btn btn--edge" type="button" aria-disabled={!open}
              onClick={() => {
                if (open) chooser.current?.click();
              }}
            >
              <Icon name="upload" />
              {t('upload.choose')}
            </button>
            <input
              ref={chooser} class="vh" type="file" accept={ACCEPTED} multiple tabIndex={-1} aria-hidden="true"
              onChange={(event) => {
                give([...(event.currentTarget.files ?? [])]);
                event.currentTarget.value = '';
              }}
            />
          </footer>
        )}
        {over && <div class="lib-drop" aria-hidden="true"><Icon name="upload" /><b>{t('upload.drop')}</b></div>}
        <span class="vh" role="status">{said}</span>
      </div>
    </dialog>
  );
}
