// The viewer for Discord's frame: one document with script and styles in it (activity.html), and beside it the players that are
// too large for that, each a file that stands alone. Runs after `vite build`, into the same folder.
//
// One document, because on some phones the frame has no origin: there "self" in Discord's policy names nobody, and neither a
// script's address nor a chunk's would be loaded. What is inline gets Discord's nonce.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { activity, bundled } from '../vite.config.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist/`;
/** Players that come aside: `players/open.ts` imports them when first wanted. */
const ASIDE = ['hls', 'dash'];
/** How large the document may be, packed: it is sent at every launch, for Discord's proxy keeps no HTML. A quarter of it is Discord's SDK. */
const LIMIT_KIB = 192;

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

/** Builds one entry into one script, with its styles. */
async function bundle(entry, format, plugins) {
  const { output } = await build({
    ...bundled,
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins,
    define: activity.define,
    build: {
      ...bundled.build,
      write: false,
      modulePreload: false,
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      cssCodeSplit: false,
      rolldownOptions: {
        input: `${root}${entry}`,
        // What preloads chunks knows where it is loaded from; there are none here, and it goes unused.
        onLog: (level, log, tell) => log.code === 'EMPTY_IMPORT_META' || tell(level, log),
        preserveEntrySignatures: format === 'es' ? 'strict' : false,
        output: { format, codeSplitting: false },
      },
    },
  });
  const scripts = output.filter((file) => file.type === 'chunk');
  const others = output.filter((file) => file.type !== 'chunk' && !file.fileName.endsWith('.css'));
  if (scripts.length !== 1 || others.length > 0) {
    throw new Error(`${entry} is more than one file: ${output.map((file) => file.fileName).join(', ')}`);
  }
  const styles = output.filter((file) => file.fileName.endsWith('.css')).map((file) => file.source).join('\n');
  return { script: scripts[0].code.trim(), styles: styles.trim() };
}

/** Where each player that comes aside is. */
const places = {};
mkdirSync(`${dist}assets`, { recursive: true });

/** Puts a file beside the page and answers its address. */
function beside(name, ending, text) {
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 8);
  const path = `assets/activity-${name}-${hash}.${ending}`;
  const packed = gzipSync(text, { level: 9 });
  writeFileSync(`${dist}${path}`, text);
  writeFileSync(`${dist}${path}.gz`, packed);
  console.log(`${kib(packed.length).padStart(11)}  ${path}`);
  return `/${path}`;
}

for (const language of readdirSync(`${root}src/words`, { withFileTypes: true })) {
  if (!language.isDirectory() || language.name === 'en') continue;
  for (const part of ['shell', 'later']) {
    const words = JSON.parse(readFileSync(`${root}src/words/${language.name}/${part}.json`, 'utf8'));
    places[`words:${language.name}/${part}`] = beside(`${language.name}-${part}`, 'json', JSON.stringify(words));
  }
}
for (const name of ASIDE) {
  const { script } = await bundle(`src/players/${name}.ts`, 'es', []);
  places[name] = beside(name, 'js', script);
}

const { script, styles } = await bundle('src/activity/main.tsx', 'iife', [activity.plugin(root, places)]);
// What would end an element early, or what the server looks for in the page, stands in no script or style of ours.
for (const [what, text] of [['script', script], ['styles', styles]]) {
  const odd = /<\/?(?:script|style)\b|<!--/i.exec(text);
  if (odd !== null) throw new Error(`the ${what} of the activity hold ${odd[0]}: "${text.slice(odd.index - 60, odd.index + 60)}"`);
}
const page = readFileSync(`${root}activity.html`, 'utf8')
  .replace('/*styles*/', () => styles)
  .replace('/*script*/', () => script);
writeFileSync(`${dist}activity.html`, page);
const packed = gzipSync(page, { level: 9 }).length;
console.log(`${kib(packed).padStart(11)}  activity.html, of ${LIMIT_KIB} KiB`);
if (packed > LIMIT_KIB * 1024) {
  console.error('activity: the document is too large');
  process.exit(1);
}
