/** A film of this server: still, title, what is known of it; add it, or delete it where one brought it. */
import { useRef, useState } from 'preact/hooks';
import { clockText, t } from '../../words';
import { useRoom, useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { Thumb } from '../parts';
import type { Film } from './calls';
import { captionsText, sizeText } from './texts';
import '../../words/later';

interface Props {
  readonly film: Film;
  /** Takes it from the server. */
  readonly remove: (film: Film) => Promise<void>;
  /** Says something that happened. */
  readonly say: (text: string) => void;
}

export function FilmRow({ film, remove, say }: Props) {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const [busy, setBusy] = useState(false);
  const [sure, setSure] = useState(false);
  const asks = useRef<HTMLButtonElement>(null);
  const { title } = film;
  const queued = state?.current?.url === film.url || state?.queue.some((item) => item.url === film.url) === true;
  const mine = film.uploaded !== null && film.uploaded.person === you?.person;
  const stream = film.player === 'hls' || film.player === 'dash';
  const about = [
    film.duration_ms === null ? null : clockText(film.duration_ms),
    stream ? t('library.stream') : sizeText(film.bytes),
    captionsText(film),
  ].filter((part) => part !== null);
  const add = async (): Promise<void> => {
    if (busy || queued || !film.playable) return;
    setBusy(true);
    if (await room.ask({ do: 'add', url: film.url })) say(t('library.added', { title }));
    setBusy(false);
  };
  return (
    <li class="lib-row">
      <Thumb still={{ thumbnail: film.thumbnail, player: 'video', provider_id: null }} width={80} />
      <span class="grow">
        <b class="clip2" dir="auto">{title}</b>
        <span class="t13 t2 num lib-about">{about.map((part) => <span key={part}>{part}</span>)}</span>
        {!film.playable && <span class="t13 bad block">{t('library.unplayable')}</span>}
        {sure && (
          <span class="lib-sure" role="group" aria-label={t('library.delete_sure')}>
            <span class="t13">{t('library.delete_sure')}</span>
            <button class="btn btn--sm" type="button" autoFocus onClick={() => void remove(film)}>{t('library.delete_yes')}</button>
            <button
              class="btn btn--sm btn--quiet" type="button"
              onClick={() => {
                setSure(false);
                asks.current?.focus();
              }}
            >
              {t('library.keep')}
            </button>
          </span>
        )}
      </span>
      {mine && (
        <button
          ref={asks} class="icon-btn" type="button" aria-expanded={sure} aria-label={t('library.delete', { title })} title={t('library.delete', { title })}
          onClick={() => setSure(!sure)}
        >
          <Icon name="x" />
        </button>
      )}
      <button
        class={`icon-btn ${queued ? 'lib-queued' : 'lib-add'}`} type="button" aria-label={t(queued ? 'library.added' : 'library.add', { title })}
        title={t(queued ? 'library.added' : 'library.add', { title })} aria-disabled={busy || queued || !film.playable} onClick={() => void add()}
      >
        <Icon name={queued ? 'check' : 'plus'} />
      </button>
    </li>
  );
}
