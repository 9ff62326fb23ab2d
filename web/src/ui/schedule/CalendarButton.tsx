/** Hands out the film night as a file for the reader's calendar. */
import { t } from '../../words';
import { useRoomState } from '../hooks';
import { Icon } from '../Icon';
import { fileName, saveFile } from '../saveFile';
import { calendarFile } from './ics';
import '../../words/later';

export function CalendarButton() {
  const { room } = useRoomState();
  const start = room?.schedule.start ?? null;
  if (room === null || start === null) return null;
  const { id, title, about, invite_url: url } = room;
  const save = (): void => saveFile(fileName(title, 'ics'), 'text/calendar', calendarFile({ id, title, about, url, start, end: room.schedule.end }, Date.now()));
  return <button class="btn btn--sm" type="button" onClick={save}><Icon name="calendar" size={16} />{t('schedule.calendar')}</button>;
}
