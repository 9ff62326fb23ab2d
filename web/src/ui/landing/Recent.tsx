/** The rooms this browser was in: go on in one, put what was shared into one, or forget it. */
import { useRef, useState } from 'preact/hooks';
import { queueLink } from '../../api/rooms';
import * as prefs from '../../prefs';
import { sentence } from '../../room';
import { agoText, clockText, t } from '../../words';
import { Icon } from '../Icon';
import { Thumb, vars } from '../parts';
import { follow } from './follow';
import '../../words/later';

interface Props {
  readonly go: (path: string) => void;
  /** A link that another program shared, for one of the rooms. */
  readonly shared: string;
}

export function Recent({ go, shared }: Props) {
  const [rooms, setRooms] = useState(prefs.recentRooms.get());
  const [no, setNo] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  if (rooms.length === 0) return null;
  const now = Date.now();
  const add = async (room: string): Promise<void> => {
    setNo(null);
    try {
      await queueLink(room, shared);
      go(`/r/${room}`);
    } catch (error) {
      setNo(sentence(error));
    }
  };
  return (
    <section class="rooms" aria-labelledby="h-mine">
      <div class="rooms-head">
        <h2 id="h-mine" ref={heading} tabIndex={-1}>{t(shared === '' ? 'landing.rooms' : 'landing.rooms.add')}</h2>
        <span class="t13 t3">{t('landing.rooms.where')}</span>
      </div>
      <p class="t13 bad" role="alert">{no}</p>
      <ul class="cards">
        {rooms.map((room) => {
          const part = room.position_ms !== null && room.duration_ms !== null ? (room.position_ms / room.duration_ms) * 100 : null;
          return (
            <li key={room.id}>
              <a class="card" href={`/r/${room.id}`} onClick={follow(go, `/r/${room.id}`)}>
                <span class="card-pic">
                  <Thumb still={room.still ?? null} />
                  {part !== null && <span class="prog" style={vars({ '--p': `${Math.min(100, part)}%` })} />}
                </span>
                <span class="card-b">
                  <b class="clip" dir="auto">{room.title}</b>
                  <span class="t13 t2 clip">
                    {room.film ?? t('landing.nothing')}
                    {room.film !== null && room.position_ms !== null && <><span class="dot" />{clockText(room.position_ms)}</>}
                  </span>
                  <span class="t12 t3">{t('landing.used', { ago: agoText(room.used, now) })}</span>
                </span>
              </a>
              {shared !== '' && (
                <button class="btn btn--sm card-add" type="button" onClick={() => void add(room.id)}>
                  <Icon name="plus" size={16} />{t('landing.add_here')}<span class="vh">{room.title}</span>
                </button>
              )}
              <button
                class="icon-btn icon-btn--sm card-x" type="button" aria-label={t('landing.forget', { title: room.title })}
                title={t('landing.forget', { title: room.title })}
                onClick={() => {
                  prefs.recentRooms.forget(room.id);
                  setRooms(prefs.recentRooms.get());
                  heading.current?.focus();
                }}
              >
                <Icon name="x" size={16} />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
