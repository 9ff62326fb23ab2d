// How close to each other do browsers stand? Real server, real Chromium, real video, bad lines. See README.md.

import { loadavg } from "node:os";
import { writeFileSync } from "node:fs";
import { openBrowser } from "../stories/stage.mjs";
import { simulate } from "./coarse.mjs";
import { figures, print, recovery } from "./figures.mjs";
import { film } from "./film.mjs";
import { Line } from "./line.mjs";
import { Media } from "./media.mjs";
import { Observer } from "./observer.mjs";
import { readOptions } from "./options.mjs";
import { random } from "./random.mjs";
import { showing } from "./page.mjs";
import { play } from "./scenario.mjs";
import { Server } from "./server.mjs";
import { Tab } from "./tab.mjs";

/** How late every answer with media comes, ms. */
const MEDIA_LATENCY = 60;
/** By how much the tabs' clocks go wrong, in parts of a million. */
const PPM = [-50, 0, 80, 30];

const options = readOptions();
if (options.help) {
  console.log("npm run bench:sync -- [--seconds 60] [--tabs 3] [--delay 20-200] [--coarse] [--thin] [--seed 1] [--server PATH] [--page DIR] [--json FILE]");
  process.exit(0);
}

const load = [loadavg()[0]];
const { path, bytesPerSecond } = film(options.thin);
const ports = { media: options.port, server: options.port + 1, tab: (number) => options.port + 2 + number };
const media = new Media(path, MEDIA_LATENCY);
const lines = [];
let server;
let browser;
try {
  await media.listen(ports.media);
  server = await Server.start(options.server, ports.server, ports.media);
  const draw = random(options.seed);
  const [low, high] = options.delay;
  const host = await server.post("/sessions", { name: "Observer" });
  const url = options.coarse ? "https://www.youtube.com/watch?v=aqz-KE-bpKQ" : `http://127.0.0.1:${ports.media}/film.mp4`;
  const room = await server.post("/rooms", { url, visibility: "unlisted", title: "Bench" }, host.token);
  browser = await openBrowser();
  const observer = await Observer.open(browser, server, room.id, host.token);
  await observer.command({ do: "pause" });
  // The thin line is thin from the beginning: else the browser would have enough before it gets so.
  if (options.thin) media.speeds.set("0", 1.15 * bytesPerSecond);
  const tabs = [];
  for (let number = 0; number < options.tabs; number += 1) {
    const line = new Line(ports.tab(number), ports.server, () => low + (high - low) * draw());
    await line.listen();
    lines.push(line);
    const { token } = await server.post("/sessions", { name: `Tab ${number}` });
    const address = `http://127.0.0.1:${line.port}/r/${room.id}`;
    const route = async (context) => {
      if (options.page) await showing(options.page)(context);
      if (options.coarse) await simulate(context);
    };
    const ppm = PPM[number % PPM.length];
    tabs.push(await Tab.open(browser, number, { url: address, token, ppm, coarse: options.coarse, route }));
  }
  await Promise.all(tabs.map((tab) => tab.ready()));
  const happened = await play(options, { observer, tabs, lines, media, bytesPerSecond });
  const end = performance.timeOrigin + performance.now();
  const bounds = [];
  for (const tab of tabs) bounds.push(await tab.bounds());
  // All pages must read one wall clock; else their samples cannot be compared.
  for (const [lower, upper] of bounds) if (lower > 2 || upper < -2) throw new Error(`a tab's wall clock is off: ${bounds.join("; ")}`);
  const truth = await observer.truth();
  const seen = [];
  for (const tab of tabs) seen.push(await tab.seen());
  load.push(loadavg()[0]);
  const result = figures(seen, truth, happened, end);
  const thin = options.thin ? recovery(result, happened, seen) : null;
  print(result, { load, checked: { clock: truth.width / 2 }, options, thin });
  for (const tab of tabs) if (tab.troubles.length > 0) console.error(`tab ${tab.number}: ${tab.troubles.join("; ")}`);
  if (options.json) writeFileSync(options.json, JSON.stringify({ result, happened, seen, truth, load }));
} finally {
  await browser?.close();
  for (const line of lines) line.close();
  media.close();
  await server?.stop();
}
