// Fails when the shell (what every visitor downloads before the first frame) grows past its budget.
// Lazy chunks (players of single formats) do not count.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_KIB = 40;
const dist = new URL('../dist/', import.meta.url);
const html = readFileSync(new URL('index.html', dist), 'utf8');
const names = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
if (names.length === 0) {
  console.error('budget: index.html names no script; run npm run build first');
  process.exit(1);
}
let total = 0;
for (const name of new Set(names)) {
  const size = gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
  total += size;
  console.log(`${(size / 1024).toFixed(1).padStart(7)} KiB  ${name}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(7)} KiB  of ${LIMIT_KIB}`);
if (total > LIMIT_KIB * 1024) {
  console.error('budget: the shell is too large');
  process.exit(1);
}
