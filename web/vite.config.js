// How the viewer is built: one HTML file for every address, hashed assets beside it, nothing inline (the page's CSP forbids it).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the API: a running server, such as `cargo run -- demo`. */
const host = process.env['ONECOUCH_HOST'] ?? 'http://127.0.0.1:8080';

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

export default defineConfig({
  plugins: [press()],
  base: '/',
  build: {
    target: 'es2022',
    // The colours are OKLCH, which every browser knows since 2023; writing each of them three times would cost a third of the CSS.
    cssTarget: ['chrome111', 'firefox113', 'safari16.4'],
    outDir: 'dist',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
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
