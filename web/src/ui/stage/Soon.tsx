/** The room opens later: what is on, how long it is until then, and who comes. */
import { useEffect, useState } from 'preact/hooks';
import { whoComes } from '../../api/chat';
import { label, type Item } from '../../protocol';
import { t, tag, wallText } from '../../words';
import { useRoom, useRoomState, useTick } from '../hooks';
import { Icon } from '../Icon';
import { Avatar } from '../parts';
import '../../words/later';

const DAY = 86_400_000;
const SHOWN = 3;
const DATE = { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** `04:32`, `1:04:32`, `3 days`: how long something is away. */
export function countText(ms: number): string {
  if (ms >= 2 * DAY) return t('soon.days', { count: Math.floor(ms / DAY) });
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** Whether this person said that they are coming; `null` while that is not known. */
function useComing(): boolean | null {
  const room = useRoom();
  const { you } = useRoomState();
  const [coming, setComing] = useState<boolean | null>(null);
  const me = you?.person ?? null;
  useEffect(() => {
    whoComes(room.id).then((people) => setComing((known) => known ?? (me !== null && people.includes(me))), () => setComing((known) => known ?? false));
    return room.session.hear((frame) => {
      if (frame.type === 'event' && frame.kind === 'coming' && frame.person === me) setComing(frame.coming);
    });
  }, [room, me]);
  return coming;
}

export function Soon({ start, item }: { readonly start: number; readonly item: Item | null }) {
  const room = useRoom();
  const { room: state } = useRoomState();
  const coming = useComing();
  useTick(250);
  if (state === null) return null;
  const left = start - Date.now();
  const here = [...new Map(state.here.filter((one) => one.watches).map((one) => [one.person, one])).values()];
  return (
    <div class="veil veil--deep soon">
      <p class="t13 soon-film clip" dir="auto">{item === null ? state.title : label(item)}</p>
      {/* A clock that ticks is not read aloud each second; the sentence below it says the hour. */}
      <span class="count num" role="timer" aria-live="off">{left > 0 ? countText(left) : t('soon.now')}</span>
      <p>{left < DAY ? t('soon.at', { time: wallText(start) }) : t('soon.on', { time: new Intl.DateTimeFormat(tag(), DATE).format(start) })}</p>
      <div class="hstack soon-row">
        <button
          class="btn btn--sm" type="button" data-first aria-pressed={coming === true}
          onClick={() => void room.ask({ do: 'come', coming: coming !== true })}
        >
          <Icon name={coming === true ? 'check' : 'bell'} size={16} />{t(coming === true ? 'soon.coming' : 'soon.come')}
        </button>
        <span class="avs" aria-hidden="true">{here.slice(0, SHOWN).map((one) => <Avatar key={one.person} person={one.person} name={one.name} size={26} />)}</span>
        <span class="t13 t2" role="status">
          {state.coming > 0 ? t('soon.people', { here: here.length + state.others, count: state.coming }) : t('soon.here', { count: here.length + state.others })}
        </span>
      </div>
    </div>
  );
}
