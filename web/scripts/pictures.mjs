// Puts pictures that the browser stories took into docs/pictures, where the README shows them. Run `npm run stories` before.
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NAMES = ['room', 'phone'];
const shots = fileURLToPath(new URL('../stories/shots/', import.meta.url));
const pictures = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));

mkdirSync(pictures, { recursive: true });
for (const name of NAMES) copyFileSync(`${shots}${name}.png`, `${pictures}${name}.png`);
