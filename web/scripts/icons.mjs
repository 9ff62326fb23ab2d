// Draws the icons of the installed page from `public/logo.svg`; they are committed, because a build needs no browser for them.
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const at = (name) => new URL(`../public/${name}`, import.meta.url);
const logo = readFileSync(at('logo.svg'), 'utf8');
const NIGHT = '#0d0c0a';
/** How much of the square the mark fills. Launchers may cut a maskable icon down to the inner 80 %. */
const ICONS = [
  ['icon-180.png', 180, 0.68],
  ['icon-192.png', 192, 0.72],
  ['icon-512.png', 512, 0.72],
  ['icon-maskable-512.png', 512, 0.54],
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] });
for (const [name, size, part] of ICONS) {
  const round = name.includes('maskable') || name.includes('180') ? 0 : size * 0.22;
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0;display:grid;place-items:center;height:${size}px}
    body{background:${round === 0 ? NIGHT : 'transparent'}} main{display:grid;place-items:center;width:100%;height:100%;border-radius:${round}px;background:${NIGHT}}
    svg{width:${size * part}px;height:${size * part}px}</style><main>${logo}</main>`);
  writeFileSync(at(name), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
