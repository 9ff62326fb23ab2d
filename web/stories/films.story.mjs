// What a browser brings to a film: which picture, a little window, a screen that stays awake, subtitles; and the chat of before.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { HEIGHTS, makeLevels } from "./made.mjs";
import { Person, openBrowser, openStage, until } from "./stage.mjs";

const clip = readFileSync(fileURLToPath(new URL("../../assets/demo.mp4", import.meta.url)));

let stage;
let browser;
let levels;

before(async () => {
  levels = makeLevels();
  stage = await openStage({ files: levels.folder });
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await stage?.close();
  levels?.away();
});

async function ask(token, method, path, body) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${stage.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? null : JSON.parse(text).data;
}

/** Jonas in a room of his own with something on; `prepare` is run in his page before anything of it. */
async function watches(url, prepare) {
  const { token } = await ask(null, "POST", "/sessions", { name: "Jonas" });
  const room = await ask(token, "POST", "/rooms", { title: "Friday film club", url, ready_start: false });
  const jonas = await Person.comes(browser, "Jonas");
  await jonas.context.addInitScript((secret) => localStorage.setItem("onecouch.token", secret), token);
  if (prepare) await jonas.context.addInitScript(prepare);
  jonas.room = room;
  jonas.asks = (method, path, body) => ask(token, method, `/rooms/${room.id}${path}`, body);
  await jonas.page.goto(`${stage.url}/r/${room.id}`);
  await jonas.sees(() => window.onecouch?.state()?.room != null);
  return jonas;
}

for (const [kind, name] of [["HLS", "levels.m3u8"], ["DASH", "levels.mpd"]]) {
  test(`the picture of ${kind} is chosen by each viewer, and the film is then of that height`, async () => {
    const jonas = await watches(`${stage.web}made/${name}`);
    await jonas.plays();
    const choice = jonas.page.getByLabel("Picture, for you");
    await choice.waitFor();
    const offered = await choice.locator("option").allTextContents();
    assert.match(offered[0], /^Auto/);
    assert.deepEqual(offered.slice(1), HEIGHTS.map((height) => `${height}p`));
    const isHigh = (height) => jonas.sees((wanted) => window.onecouch.video().videoHeight === wanted, height);
    for (const height of [90, 270]) {
      await choice.selectOption({ label: `${height}p` });
      await isHigh(height);
      assert.equal(await choice.locator("option:checked").textContent(), `${height}p`, "what is shown is what was chosen");
    }
    await jonas.plays();
    await jonas.shot(`films-${kind.toLowerCase()}`);
    await choice.selectOption({ index: 0 });
    await choice.locator("option:checked", { hasText: /^Auto \(\d+p\)$/ }).waitFor({ state: "attached" });
    await jonas.leaves();
  });
}

test("the film goes into the little window of the browser and comes back, and the button says which", async () => {
  const jonas = await watches(stage.film);
  await jonas.plays();
  const button = jonas.page.getByRole("button", { name: "Picture in picture" });
  await button.click();
  await jonas.sees(() => document.pictureInPictureElement !== null && document.pictureInPictureElement === window.onecouch.video());
  await jonas.page.getByRole("button", { name: "Picture in picture", pressed: true }).waitFor();
  await jonas.plays();
  await button.click();
  await jonas.sees(() => document.pictureInPictureElement === null);
  await jonas.page.getByRole("button", { name: "Picture in picture", pressed: false }).waitFor();
  await jonas.plays();
  await jonas.leaves();
});

test("the screen stays awake while the film plays, sleeps when it stands, and is kept awake again when one comes back", async () => {
  const jonas = await watches(stage.film, () => {
    // What the browser would do: it lets all go when the page is hidden.
    const held = [];
    let state = "visible";
    Object.defineProperty(document, "visibilityState", { get: () => state });
    Object.defineProperty(document, "hidden", { get: () => state === "hidden" });
    Object.defineProperty(navigator, "wakeLock", { value: {
      request: async (kind) => {
        if (state === "hidden") throw new window.DOMException("hidden", "NotAllowedError");
        const lock = { kind, released: false, release: async () => { lock.released = true; } };
        held.push(lock);
        return lock;
      },
    } });
    window.awake = {
      count: () => held.filter((lock) => !lock.released).length,
      asked: () => held.map((lock) => lock.kind),
      becomes: (next) => {
        state = next;
        if (next === "hidden") for (const lock of held) lock.released = true;
        document.dispatchEvent(new window.Event("visibilitychange"));
      },
    };
  });
  const holds = (count) => jonas.sees((wanted) => window.awake.count() === wanted, count);
  await jonas.plays();
  await holds(1);
  await jonas.asks("POST", "/playback/pause");
  await jonas.stands();
  await holds(0);
  await jonas.asks("POST", "/playback/play");
  await jonas.plays();
  await holds(1);
  await jonas.page.evaluate(() => window.awake.becomes("hidden"));
  await holds(0);
  await jonas.page.evaluate(() => window.awake.becomes("visible"));
  await holds(1);
  // Who comes back to a film that stands needs no light.
  await jonas.page.evaluate(() => window.awake.becomes("hidden"));
  await jonas.asks("POST", "/playback/pause");
  await jonas.stands();
  await jonas.page.evaluate(() => window.awake.becomes("visible"));
  assert.equal(await jonas.page.evaluate(() => window.awake.count()), 0);
  assert.deepEqual(await jonas.page.evaluate(() => window.awake.asked()), ["screen", "screen", "screen"]);
  await jonas.leaves();
});

test("lines of long ago come from the server when one scrolls up, and what one reads stays where it is", async () => {
  const jonas = await watches(stage.film);
  const lines = 160;
  for (let index = 1; index <= lines; index += 1) await jonas.asks("POST", "/chat", { text: `line number ${index}.` });
  await jonas.page.reload();
  const line = (index) => jonas.page.locator(".line", { hasText: `line number ${index}.` });
  await line(lines).waitFor();
  const log = jonas.page.locator(".chat");
  const oldest = () => log.evaluate((box) => Number(/\d+/.exec(box.querySelector(".line p").textContent)[0]));
  const before = await oldest();
  assert.ok(before > 1, "the room tells who comes only the last of them");
  let known = before;
  while (known > 1) {
    const top = await log.evaluate((box, index) => {
      box.scrollTop = 0;
      const reads = [...box.querySelectorAll(".line")].find((one) => one.textContent.includes(`line number ${index}.`));
      return reads.getBoundingClientRect().top;
    }, known);
    const now = await until("older lines", oldest, (first) => first < known);
    const moved = (await line(known).boundingBox()).y - top;
    assert.ok(Math.abs(moved) < 40, `what one reads moved by ${moved} px`);
    known = now;
  }
  await line(1).waitFor();
  assert.equal(await jonas.page.locator(".line").count(), lines, "each line once");
  await jonas.page.getByRole("button", { name: "Show what was said before" }).waitFor({ state: "detached" });
  await jonas.leaves();
});

test("subtitles that lie beside a film of this server are its captions, at their time", async () => {
  const jonas = await watches(stage.film);
  await jonas.plays();
  await jonas.page.getByRole("tab", { name: "Queue" }).click();
  await jonas.page.getByRole("button", { name: "From this server" }).click();
  const dialog = jonas.page.getByRole("dialog");
  await dialog.waitFor();
  const words = "WEBVTT\n\nNOTE nobody reads this\n\nfirst\n00:05.000 --> 00:20.000\n<v Maya>The wind <i>rises</i>\n\n00:30.000 --> 00:50.000 line:0\nand falls\n";
  await jonas.page.locator("dialog input[type=file]").setInputFiles([
    { name: "Our night.mp4", mimeType: "video/mp4", buffer: clip },
    { name: "Our night.de.vtt", mimeType: "text/vtt", buffer: Buffer.from(words) },
  ]);
  const row = dialog.getByRole("list", { name: "Films of this server" }).getByRole("listitem").filter({ hasText: "Our night" });
  await row.getByText("Subtitles: de").waitFor();
  await row.getByRole("button", { name: "Add Our night to the queue" }).click();
  await jonas.sees(() => window.onecouch.state().room.queue.length === 1);
  await dialog.getByRole("button", { name: "Close" }).click();
  await jonas.page.getByRole("button", { name: "Skip", exact: true }).click();
  await jonas.sees(() => window.onecouch.state().room.current?.title === "Our night");
  await jonas.plays();
  await jonas.page.mouse.move(400, 300);
  await jonas.page.getByRole("button", { name: "Captions", exact: true }).click();
  await jonas.page.getByRole("radio", { name: "German" }).click();
  await jonas.page.keyboard.press("Escape");
  await jonas.asks("POST", "/playback/pause");
  const at = async (position_ms) => {
    await jonas.asks("POST", "/playback/seek", { position_ms });
    await jonas.sees((second) => Math.abs(window.onecouch.video().currentTime - second) < 0.2 && !window.onecouch.video().seeking, position_ms / 1000);
  };
  const shown = jonas.page.locator(".caption");
  await at(10_000);
  await jonas.page.locator(".captions-bottom .caption", { hasText: "Maya: The wind rises" }).waitFor();
  assert.equal(await shown.locator(".it").textContent(), "rises");
  await jonas.shot("films-captions");
  await at(25_000);
  await shown.waitFor({ state: "detached" });
  await at(40_000);
  await jonas.page.locator(".captions-top .caption", { hasText: "and falls" }).waitFor();
  await jonas.leaves();
});
