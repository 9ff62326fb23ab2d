/** When the room opens and closes by itself, what it is now, and who is coming. */
import { useEffect, useId, useState } from 'preact/hooks';
import { coming as readComing, type Coming } from '../../api/members';
import type { Status } from '../../protocol';
import { names, t } from '../../words';
import { useRoom, useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { Row, useSetting } from '../settings/rows';
import { useAsking, Refusal } from '../Refusal';
import { whenText, zoneText } from '../when';
import { CalendarButton } from './CalendarButton';
import { localText, readLocal } from './localTime';
import '../../words/later';

const STATUSES: readonly Status[] = ['live', 'soon', 'ended', 'record', 'disabled'];

function Who() {
  const room = useRoom();
  const { room: state, you } = useRoomState();
  const asking = useAsking();
  const [people, setPeople] = useState<readonly Coming[]>([]);
  const count = state?.coming ?? 0;
  useEffect(() => {
    readComing(room.id).then(setPeople, () => undefined);
  }, [count]);
  const mine = people.some((one) => one.person === you?.person);
  return (
    <Row name={t('schedule.who')} hint={count === 0 ? t('schedule.nobody') : t('schedule.coming', { count, names: names(people.slice(0, 8).map((one) => one.name)) })}>
      <span class="hstack">
        <button class="btn btn--sm" type="button" aria-pressed={mine} onClick={() => void asking.ask({ do: 'come', coming: !mine })}>
          <Icon name={mine ? 'check' : 'bell'} size={16} />{t('schedule.come')}
        </button>
        <CalendarButton />
      </span>
      <Refusal asking={asking} />
    </Row>
  );
}

export function ScheduleForm() {
  const room = useRoom();
  const { room: state } = useRoomState();
  const setting = useSetting('schedule');
  const status = useSetting('schedule');
  const id = useId();
  const known = state?.schedule ?? { status: 'live' as const, start: null, end: null };
  const [start, setStart] = useState<string | null>(null);
  const [end, setEnd] = useState<string | null>(null);
  const from = start ?? localText(known.start);
  const to = end ?? localText(known.end);
  const barred = setting.why !== undefined;
  const set = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (barred) return;
    await send(readLocal(from), readLocal(to));
  };
  const send = async (first: number | null, last: number | null): Promise<void> => {
    const done = await setting.save(() => room.session.command({
      do: 'schedule', ...(first === null ? {} : { start: first }), ...(last === null ? {} : { end: last }),
    }));
    if (done) {
      setStart(null);
      setEnd(null);
    }
  };
  const hint = known.start === null && known.end === null ? t('schedule.none', { zone: zoneText() })
    : known.end === null ? t('schedule.from', { start: whenText(known.start ?? 0), zone: zoneText() })
    : known.start === null ? t('schedule.to', { end: whenText(known.end), zone: zoneText() })
    : t('schedule.both', { start: whenText(known.start), end: whenText(known.end), zone: zoneText() });
  return (
    <>
      <Row name={t('schedule.hours')} hint={hint} setting={setting} wide>
        <form class="set-form set-hours" onSubmit={(event) => void set(event)}>
          <span class="grow">
            <label class="label" for={`${id}s`}>{t('schedule.start')}</label>
            <span class="field"><input id={`${id}s`} type="datetime-local" value={from} readOnly={barred} aria-disabled={barred} onInput={(event) => setStart(event.currentTarget.value)} /></span>
          </span>
          <span class="grow">
            <label class="label" for={`${id}e`}>{t('schedule.end')}</label>
            <span class="field"><input id={`${id}e`} type="datetime-local" value={to} min={from} readOnly={barred} aria-disabled={barred} onInput={(event) => setEnd(event.currentTarget.value)} /></span>
          </span>
          <button class="btn btn--sm" type="submit" aria-disabled={barred}>{t('schedule.set')}</button>
          {(known.start !== null || known.end !== null) && !barred && <button class="btn btn--sm" type="button" onClick={() => void send(null, null)}>{t('schedule.drop')}</button>}
        </form>
      </Row>
      <Row name={t('schedule.status')} hint={t(`schedule.status.${known.status}`)} setting={status} control={`${id}n`}>
        <span class="field set-field">
          {status.why === undefined ? (
            <select id={`${id}n`} value={known.status} onChange={(event) => {
              const select = event.currentTarget;
              void status.save(() => room.session.command({ do: 'set_status', status: select.value as Status })).then((done) => {
                if (!done) select.value = known.status;
              });
            }}
            >
              {STATUSES.map((value) => <option key={value} value={value}>{t(`schedule.is.${value}`)}</option>)}
            </select>
          ) : <input id={`${id}n`} readOnly aria-disabled value={t(`schedule.is.${known.status}`)} />}
        </span>
      </Row>
      <Who />
    </>
  );
}
