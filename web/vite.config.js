// How the viewer is built: one HTML file for every address, hashed assets beside it, nothing inline (the page's CSP forbids it).
// What Discord shows in a frame is built from the same sources by scripts/activity.mjs, all in one document.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the API: a running server, such as `cargo run -- demo`. */
const host = process.env['ONECOUCH_HOST'] ?? 'http://127.0.0.1:8080';

/** Files of the build above this are not kept for when there is no network, in bytes. */
const LARGEST_KEPT = 100_000;

/** Presses every hashed file beside itself, so that the host need not do it again for each visitor. */
const press = () => ({
  name: 'press',
  apply: 'build',
  writeBundle({ dir = 'dist' }) {
    const assets = join(dir, 'assets');
    for (const name of readdirSync(assets)) {
      const path = join(assets, name);
      if (!name.endsWith('.gz')) writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
});

/**
 * Writes `sw.js` from `src/worker.js`, which keeps the page for when there is no network: it is told which files this build has.
 * Players of single formats are left out: without a network there is nothing to play.
 */
const worker = () => ({
  name: 'worker',
  apply: 'build',
  writeBundle({ dir = 'dist' }) {
    const assets = readdirSync(join(dir, 'assets')).filter((name) => !name.endsWith('.gz') && statSync(join(dir, 'assets', name)).size < LARGEST_KEPT);
    const files = [...assets.sort().map((name) => `/assets/${name}`), ...readdirSync('public').sort().map((name) => `/${name}`)];
    const hash = createHash('sha256');
    for (const file of ['/index.html', ...files]) hash.update(file).update(readFileSync(join(dir, file)));
    const source = readFileSync('src/worker.js', 'utf8');
    writeFileSync(join(dir, 'sw.js'), `const BUILD = '${hash.digest('hex').slice(0, 16)}';\nconst FILES = ${JSON.stringify(files)};\n${source}`);
  },
});

/** What both builds have in common. */
export const bundled = {
  base: '/',
  build: {
    target: 'es2022',
    // The colours are OKLCH, which every browser knows since 2023; writing each of them three times would cost a third of the CSS.
    cssTarget: ['chrome111', 'firefox113', 'safari16.4'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
};

/** What is other in Discord's frame. */
export const activity = {
  define: { __ACTIVITY__: 'true' },
  /**
   * Players that are chunks otherwise come from beside the page, where `places` says, or not at all; so do the sentences of other
   * languages than English.
   */
  plugin: (root, places) => ({
    name: 'activity',
    enforce: 'pre',
    resolveId(source, importer = '', { kind }) {
      const chunk = kind === 'dynamic-import' && importer.replaceAll('\\', '/').endsWith('/src/players/open.ts');
      const words = kind === 'dynamic-import' ? /\/words\/(\w+\/\w+)\.json$/.exec(source) : null;
      if (words !== null) return `\0words:${words[1]}`;
      return chunk ? `\0player:${source.slice('./'.length)}` : null;
    },
    load(id) {
      if (id.startsWith('\0words:')) {
        // Asked for anew each time it is wanted, so that a loss of the line is not kept.
        const file = JSON.stringify(places[id.slice(1)]);
        return `export default { then(give, fail) { fetch(${file}).then((answer) => answer.json()).then(give, fail); } };`;
      }
      if (!id.startsWith('\0player:')) return null;
      const place = places[id.slice('\0player:'.length)];
      // Frames of other sites have no place in this one.
      if (place === undefined) return 'export const open = () => null;';
      return `import { aside } from '${root}src/activity/aside.ts';
        export const open = async (...how) => (await aside(${JSON.stringify(place)})).open(...how);`;
    },
  }),
};

export default defineConfig({
  plugins: [worker(), press()],
  define: { __ACTIVITY__: 'false' },
  base: bundled.base,
  build: {
    ...bundled.build,
    outDir: 'dist',
    assetsInlineLimit: 0,
    // One file for what is there at once: five files packed apart are a kilobyte larger.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shell', tags: ['$initial'] }] } } },
  },
  server: {
    proxy: {
      '/api': { target: host, ws: true },
      '/media': host,
      '/demo': host,
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.{ts,tsx}'],
  },
});
