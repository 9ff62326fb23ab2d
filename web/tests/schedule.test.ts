import { describe, expect, it } from 'vitest';
import { calendarFile } from '../src/ui/schedule/ics';
import { localText, readLocal } from '../src/ui/schedule/localTime';

const NIGHT = { id: 'r1', title: 'Films; many, \\ more', about: 'Two\nlines', url: 'https://c.example/j/Xy', start: Date.UTC(2026, 10, 21, 19, 30), end: null };

describe('a film night for the calendar', () => {
  it('names its hours in UTC, two of them where nobody set an end', () => {
    const lines = calendarFile(NIGHT, Date.UTC(2026, 0, 2)).split('\r\n');
    expect(lines).toContain('DTSTART:20261121T193000Z');
    expect(lines).toContain('DTEND:20261121T213000Z');
    expect(lines).toContain('DTSTAMP:20260102T000000Z');
    expect(lines).toContain('SUMMARY:Films\\; many\\, \\\\ more');
    expect(lines).toContain('DESCRIPTION:Two\\nlines');
    expect(lines.at(-1)).toBe('');
  });

  it('folds long lines at 75 bytes without cutting a character', () => {
    const file = calendarFile({ ...NIGHT, title: 'Ünïcödé '.repeat(30) }, 0);
    const coder = new TextEncoder();
    expect(file.split('\r\n').every((line) => coder.encode(line).length <= 75)).toBe(true);
    expect(file.replaceAll('\r\n ', '')).toContain(`SUMMARY:${'Ünïcödé '.repeat(30)}`);
  });
});

describe('hours of the reader', () => {
  it('go into the field and come back as they were', () => {
    const at = new Date(2026, 2, 4, 5, 6).getTime();
    expect(localText(at)).toBe('2026-03-04T05:06');
    expect(readLocal(localText(at))).toBe(at);
    expect([localText(null), readLocal(''), readLocal('soon')]).toEqual(['', null, null]);
  });
});
