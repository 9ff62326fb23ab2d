/** Between Unix time and what `<input type="datetime-local">` speaks, in the reader's zone; pure. */

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-21T20:30`; empty for none. */
export function localText(at: number | null): string {
  if (at === null) return '';
  const day = new Date(at);
  return `${String(day.getFullYear()).padStart(4, '0')}-${two(day.getMonth() + 1)}-${two(day.getDate())}T${two(day.getHours())}:${two(day.getMinutes())}`;
}

/** Unix ms; `null` for none or what is no time. */
export function readLocal(text: string): number | null {
  const at = text === '' ? NaN : new Date(text).getTime();
  return Number.isNaN(at) ? null : at;
}
