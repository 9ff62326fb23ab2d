/** A link as a square to photograph: dark on white in both themes, with the quiet zone that readers ask for. */
import encode from 'qr';

/** Modules of white around it; the standard asks for four. */
const QUIET = 4;

export function Qr({ text, name }: { readonly text: string; readonly name: string }) {
  const rows = encode(text, 'raw', { ecc: 'medium', border: QUIET });
  const size = rows.length;
  const dark = rows.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={name} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={dark} fill="#000" />
    </svg>
  );
}
