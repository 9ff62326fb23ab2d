/** Where a dragged row would land; pure. */

export interface Box {
  readonly top: number;
  readonly height: number;
}

/**
 * The gap over which the pointer is: 0 before the first row, `rows.length` behind the last. `y` is in the coordinates of the boxes.
 */
export function gapAt(rows: readonly Box[], y: number): number {
  const behind = rows.findIndex((row) => y < row.top + row.height / 2);
  return behind < 0 ? rows.length : behind;
}

/** The index that a row gets which stands at `from` and is dropped into a gap. */
export const indexIn = (gap: number, from: number): number => (gap > from ? gap - 1 : gap);

/** How fast the list runs by itself, px a frame, with the pointer at `y` of a list from `top` to `bottom`. */
export function runs(y: number, top: number, bottom: number, edge = 48, most = 14): number {
  if (y < top + edge) return -Math.ceil(most * Math.min(1, (top + edge - y) / edge));
  if (y > bottom - edge) return Math.ceil(most * Math.min(1, (y - (bottom - edge)) / edge));
  return 0;
}
