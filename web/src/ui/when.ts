/** Days, hours and lengths of time in the reader's words. */
import { t, tag, wallText } from '../words';
import '../words/later';

const DAY = 24 * 3600_000;

/** `20:30` today, `20:30 on Friday` within six days, `20:30 on 27 November` else; the year too where it is another one. */
export function whenText(at: number, now = Date.now()): string {
  const time = wallText(at);
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const ahead = at - midnight.getTime();
  if (ahead >= 0 && ahead < DAY) return time;
  if (ahead >= 0 && ahead < 7 * DAY) return t('when.date', { day: new Intl.DateTimeFormat(tag(), { weekday: 'long' }).format(at), time });
  const sameYear = new Date(at).getFullYear() === midnight.getFullYear();
  const day = new Intl.DateTimeFormat(tag(), { day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).format(at);
  return t('when.date', { day, time });
}

/** How long until then: days and hours, hours and minutes, or minutes and seconds. */
export function untilText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds === 0) return t('until.now');
  const unit = (value: number, name: 'day' | 'hour' | 'minute' | 'second'): string =>
    new Intl.NumberFormat(tag(), { style: 'unit', unit: name, unitDisplay: 'long' }).format(value);
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const parts = days > 0 ? [unit(days, 'day'), unit(hours, 'hour')]
    : hours > 0 ? [unit(hours, 'hour'), unit(minutes, 'minute')]
      : minutes > 0 ? [unit(minutes, 'minute'), unit(seconds % 60, 'second')] : [unit(seconds, 'second')];
  return t('until.in', { time: parts.join(' ') });
}

/** The reader's zone, as they call it. */
export const zoneText = (): string =>
  new Intl.DateTimeFormat(tag(), { timeZoneName: 'long' }).formatToParts(Date.now()).find((part) => part.type === 'timeZoneName')?.value ?? '';

/** A length of time as people set them: minutes, hours, days. */
export function spanText(ms: number): string {
  const units = [['day', DAY], ['hour', 3600_000], ['minute', 60_000], ['second', 1000]] as const;
  const [unit, size] = units.find(([, each]) => ms >= each && ms % each === 0) ?? units.find(([, each]) => ms >= each) ?? units[3];
  return new Intl.NumberFormat(tag(), { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 }).format(ms / size);
}
