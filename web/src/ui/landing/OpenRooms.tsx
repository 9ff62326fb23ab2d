/** Rooms that anybody may come into, newest first. Nothing is shown where there are none, or the server does not say. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { openRooms, type OpenDoor } from '../../api/rooms';
import { clockText, t } from '../../words';
import { Icon } from '../Icon';
import { Avatar, Thumb } from '../parts';
import { follow } from './follow';
import '../../words/later';

const FIRST = 6;
const MORE = 20;
/** How many are asked for at once: among those, rooms where people are come first. */
const PAGE = 50;
const FACES = 3;

/** Those with the most people first; the server's order among the others. */
const busiest = (rooms: readonly OpenDoor[]): readonly OpenDoor[] =>
  [...rooms].sort((one, other) => (other.now?.watching ?? 0) - (one.now?.watching ?? 0));

function told({ now }: OpenDoor): string {
  if (now === null || now.film === null) return t('landing.nothing');
  const at = now.position_ms;
  if (at === null || now.duration_ms === null) return now.film;
  return t('open.at', { film: now.film, at: clockText(at), of: clockText(now.duration_ms) });
}

export function OpenRooms({ go }: { readonly go: (path: string) => void }) {
  const [rooms, setRooms] = useState<readonly OpenDoor[]>([]);
  const [shown, setShown] = useState(FIRST);
  const [next, setNext] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    openRooms(PAGE, null).then(
      (page) => {
        setRooms(busiest(page.entries));
        setNext(page.next);
      },
      () => undefined,
    );
  }, []);
  if (rooms.length === 0) return null;
  const more = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      if (rooms.length < shown + MORE && next !== null) {
        const page = await openRooms(PAGE, next);
        setRooms([...rooms, ...busiest(page.entries)]);
        setNext(page.next);
      }
      setShown(shown + MORE);
      // The button is gone or further down: reading goes on where it was.
      requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>('a')[shown]?.focus());
    } catch {
      // The button stays for another try.
    }
    setBusy(false);
  };
  return (
    <section class="rooms" aria-labelledby="h-open">
      <div class="rooms-head"><h2 id="h-open">{t('landing.open')}</h2><span class="t13 t3">{t('landing.open.who')}</span></div>
      <ul class="open" ref={list}>
        {rooms.slice(0, shown).map((room) => (
          <li key={room.id}>
            <a class="open-row" href={`/r/${room.id}`} onClick={follow(go, `/r/${room.id}`)}>
              <Thumb still={room.now?.still ?? null} width={96} />
              <span class="grow">
                <b class="clip block" dir="auto">{room.title}</b>
                <span class="t13 t2 clip block num">{told(room)}</span>
              </span>
              <span class="avs" aria-hidden="true">
                {room.now?.names.slice(0, FACES).map((name) => <Avatar key={name} person={name} name={name} size={24} />)}
              </span>
              <span class="t13 t2 num cnt">{room.now === null ? t('open.nobody') : t('watching', { count: room.now.watching })}</span>
              <Icon name="right" />
            </a>
          </li>
        ))}
      </ul>
      {(next !== null || rooms.length > shown) && <button class="btn open-more" type="button" aria-disabled={busy} onClick={() => void more()}>{t('open.more')}</button>}
    </section>
  );
}
