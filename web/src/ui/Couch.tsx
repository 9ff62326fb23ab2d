/** The couch from behind: as many heads as people watching (five at most), and a dashed seat for the reader. */
import '../styles/couch.css';
const NECK = 'M-15-24h30v34h-30z';
const BODY = 'M-52 90C-52 26-34 2 0 2s52 24 52 88Z';

const HEADS = [
  { y: 118, head: <circle cx="0" cy="-44" r="31" />, neck: true },
  { y: 126, head: <path d="M-33-42c0-24 14-38 33-38s33 14 33 38c0 22 6 36 9 56h-84c3-20 9-34 9-56Z" />, neck: false },
  { y: 122, head: <path d="M-34-40c-4-28 12-44 34-44s38 16 34 44c-1 22-14 32-34 32s-33-10-34-32Z" />, neck: true },
  { y: 114, head: <><circle cx="0" cy="-42" r="31" /><circle cx="7" cy="-80" r="15" /></>, neck: true },
  { y: 120, head: <circle cx="0" cy="-43" r="30" />, neck: true },
] as const;

const SEAT = 132;

export function Couch({ heads, seat }: { readonly heads: number; readonly seat: boolean }) {
  const people = Math.min(heads, 5);
  const seats = Math.max(1, people + (seat ? 1 : 0));
  // The empty one is in the middle, between the others.
  const empty = seat ? Math.ceil(people / 2) : -1;
  const width = seats * SEAT + 120;
  const back = width - 4 - 64;
  const row = (fill: string, lift: boolean) => (
    <g class={fill} transform={lift ? 'translate(0 -3)' : undefined}>
      {Array.from({ length: people }, (_, index) => {
        const place = empty >= 0 && index >= empty ? index + 1 : index;
        const one = HEADS[index] ?? HEADS[0];
        return (
          <g key={index} transform={`translate(${126 + place * SEAT} ${one.y})`}>
            {one.head}
            {one.neck && <path d={NECK} />}
            <path d={BODY} />
          </g>
        );
      })}
    </g>
  );
  const arm = width - 54;
  const couch = (fill: string, lift: boolean) => (
    <g class={fill} transform={lift ? 'translate(0 -3)' : undefined}>
      <path d={`M34 160c0-9 7-16 16-16h${back - 32}c9 0 16 7 16 16v110H34Z`} />
      <path d={`M0 206c0-16 11-27 25-27s25 11 25 27v64H0ZM${arm} 206c0-16 11-27 25-27s25 11 25 27v64h-50Z`} />
    </g>
  );
  return (
    <svg class="couch" viewBox={`-2 0 ${width} 260`} aria-hidden="true">
      {row('rim', true)}
      {row('shade', false)}
      {seat && (
        <g class="seat" transform={`translate(${126 + empty * SEAT} 120)`}>
          <path d="M-50 46C-46 18-34 6-15 3v-16a31 31 0 1 1 30 0V3c19 3 31 15 35 43" />
        </g>
      )}
      {couch('rim', true)}
      {couch('shade', false)}
    </svg>
  );
}
