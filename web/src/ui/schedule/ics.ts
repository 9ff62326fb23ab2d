/** A film night as a file for calendars (RFC 5545); pure. */
export interface Night {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly url: string;
  /** Unix ms; without an end it takes two hours. */
  readonly start: number;
  readonly end: number | null;
}

const TWO_HOURS = 2 * 3600_000;
/** The most bytes of a line, its line break not counted (RFC 5545, 3.1). */
const LINE = 75;

const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
const escaped = (text: string): string => text.replace(/[\\;,]/g, (sign) => `\\${sign}`).replace(/\r?\n/g, '\\n');

/** Lines over 75 bytes go on behind a space in the next one, and no character is cut. */
function fold(line: string): string {
  const coder = new TextEncoder();
  const parts: string[] = [];
  let part = '';
  for (const char of line) {
    if (coder.encode(part + char).length > (parts.length === 0 ? LINE : LINE - 1)) {
      parts.push(part);
      part = '';
    }
    part += char;
  }
  return [...parts, part].join('\r\n ');
}

/** `now` is when the file is made, Unix ms. */
export function calendarFile(night: Night, now: number): string {
  const lines = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//onecouch//viewer//EN', 'BEGIN:VEVENT', `UID:${night.id}@onecouch`, `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(night.start)}`, `DTEND:${stamp(night.end ?? night.start + TWO_HOURS)}`, `SUMMARY:${escaped(night.title)}`,
    ...(night.about === '' ? [] : [`DESCRIPTION:${escaped(night.about)}`]), `URL:${night.url}`, `LOCATION:${escaped(night.url)}`, 'END:VEVENT', 'END:VCALENDAR',
  ];
  return `${lines.map(fold).join('\r\n')}\r\n`;
}
