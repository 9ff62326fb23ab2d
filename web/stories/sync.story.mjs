// In step on bad lines: two browsers, 20 to 200 ms of random delay each way, measured against the server's true time.
// The bounds are loose, so that a busy machine passes; the figures themselves come from `npm run bench:sync`.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { figures } from "../bench/figures.mjs";
import { Line } from "../bench/line.mjs";
import { Observer } from "../bench/observer.mjs";
import { random } from "../bench/random.mjs";
import { Tab } from "../bench/tab.mjs";
import { api, browser, opensForStories, stage } from "./stage.mjs";

/** How far from the room a picture may be, ms: most of the time while it plays, and while it stands. */
const CLOSE = 150;
const SAME_FRAME = 50;
const DELAY = [20, 200];

const lines = [];

opensForStories();

after(() => {
  for (const line of lines) line.close();
});

const post = (path, body, token) => api("POST", path, body, token);

test("two browsers on lines with random delay play in step, and stand on the same frame", async () => {
  const host = await post("/sessions", { name: "Observer" });
  const room = await post("/rooms", { url: stage.film, visibility: "unlisted" }, host.token);
  const observer = await Observer.open(browser, stage, room.id, host.token);
  await observer.command({ do: "pause" });
  const draw = random(7);
  const tabs = [];
  for (const [number, ppm] of [-50, 80].entries()) {
    const line = new Line(0, Number(new URL(stage.url).port), () => DELAY[0] + (DELAY[1] - DELAY[0]) * draw());
    await line.listen();
    lines.push(line);
    const { token } = await post("/sessions", { name: `Tab ${number}` });
    tabs.push(await Tab.open(browser, number, { url: `http://127.0.0.1:${line.port}/r/${room.id}`, token, ppm, coarse: false }));
  }
  await Promise.all(tabs.map((tab) => tab.ready()));

  const happened = [];
  const does = async (name, command, then) => {
    happened.push({ name, do: command, wall: await observer.command(command) });
    await sleep(then);
  };
  await does("play", { do: "play" }, 6000);
  await does("seek", { do: "seek", position_ms: 30_000 }, 5500);
  await does("pause", { do: "pause" }, 3000);

  const truth = await observer.truth();
  const seen = [];
  for (const tab of tabs) {
    assert.deepEqual(tab.troubles, [], `tab ${tab.number} had troubles`);
    seen.push(await tab.seen());
  }
  const result = figures(seen, truth, happened, performance.timeOrigin + performance.now());
  assert.ok(result.samples > 20, `${result.samples} samples say nothing`);
  assert.ok(result.settled[1] < CLOSE, `the error at p95 is ${result.settled[1]} ms`);
  const { paused } = result.commands.find((command) => command.name === "pause");
  assert.ok(paused !== null && paused <= SAME_FRAME, `a picture stands ${paused} ms from the room`);
});
