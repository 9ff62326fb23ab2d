// Film and chat: what is said and when, what is typed, liked and read, and the film on every kind of screen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { Person, browser, opensForStories, stage } from "./stage.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

opensForStories();

/** Somebody makes a room with the film on. */
async function host(options) {
  const jonas = await Person.comes(browser, "Jonas", options);
  await jonas.page.goto(stage.url);
  await jonas.page.getByLabel("Your name").fill("Jonas");
  const link = jonas.page.getByPlaceholder("Paste a link to a video");
  await link.fill(stage.film);
  await link.press("Enter");
  await jonas.page.waitForURL(/\/r\//);
  await jonas.plays();
  return jonas;
}

const invite = (person) => person.page.evaluate(() => window.onecouch.state().room.invite_url);

async function guest(jonas, name, options) {
  const person = await Person.comes(browser, name, options);
  await person.joins(await invite(jonas));
  return person;
}

/** Nothing that axe finds against WCAG 2.2 A and AA. */
const isAccessible = (person, state) => person.axe(state);

/** By the API, as the person of this page. */
const patches = (person, path, body) =>
  person.page.evaluate(async ([path, body]) => {
    const { id } = window.onecouch.state().room;
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`/api/v1/rooms/${id}${path}`, { method: "PATCH", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  }, [path, body]);

test("what is said has the film's time, is reworded and deleted, and a draft outlives a change of tabs", async () => {
  const jonas = await host();
  const lena = await guest(jonas, "Lena", { colorScheme: "light" });
  await lena.page.evaluate(() => localStorage.setItem("onecouch.theme", "light"));
  await lena.page.reload();
  await lena.plays();
  await jonas.writes("@Lena see https://films.example/sintel, <b>really</b>");
  const line = lena.page.locator(".line", { hasText: "really" });
  await line.waitFor();
  assert.equal(await line.locator("b", { hasText: "really" }).count(), 0, "text is text");
  const link = line.getByRole("link", { name: "https://films.example/sintel", exact: true });
  assert.match(await link.getAttribute("rel"), /noopener/);
  assert.equal(await line.locator(".named--you").textContent(), "@Lena");
  const time = line.getByRole("button", { name: /^Go to 0:\d\d, for everyone$/ });
  await time.waitFor();

  // By the keyboard alone: the last line of one's own is one key away.
  const box = jonas.page.getByLabel("Message", { exact: true });
  await box.press("ArrowUp");
  const again = jonas.page.getByLabel("How it shall read");
  await again.fill("see it yourself");
  await again.press("Enter");
  await lena.page.getByText("see it yourself").waitFor();
  assert.equal(await lena.page.locator(".line", { hasText: "really" }).count(), 0);
  await isAccessible(jonas, "the chat, dark");
  await isAccessible(lena, "the chat, light");
  await lena.shot("talk-light");

  await box.fill("half a thought");
  await jonas.page.getByRole("tab", { name: /people/i }).click();
  await jonas.page.getByRole("tab", { name: "Chat" }).click();
  assert.equal(await box.inputValue(), "half a thought");

  const own = jonas.page.locator(".line", { hasText: "see it yourself" });
  await own.hover();
  await own.getByRole("button", { name: "Delete" }).click();
  await jonas.shot("talk-delete");
  await own.getByRole("button", { name: "Delete it?" }).click();
  await lena.page.getByText("see it yourself").waitFor({ state: "detached" });

  // Somebody else's line is not for a guest to change.
  await jonas.writes("mine");
  const other = lena.page.locator(".line", { hasText: "mine" });
  await other.hover();
  assert.equal(await other.getByRole("button", { name: "Delete" }).count(), 0);
  await other.getByRole("button", { name: "Answer Jonas" }).click();
  assert.equal(await lena.page.getByLabel("Message", { exact: true }).inputValue(), "@Jonas ");
  await jonas.leaves();
  await lena.leaves();
});

test("lines of a later part are veiled until one is there, and older ones come when one scrolls up", async () => {
  const jonas = await host();
  for (let index = 0; index < 5; index += 1) await jonas.writes(`line ${index}`);
  await jonas.writes("/seek 0:40");
  await jonas.sees(() => window.onecouch.video().currentTime >= 40);
  await jonas.writes("the dragon is her friend");
  await jonas.page.locator(".line", { hasText: "her friend" }).waitFor();
  await jonas.writes("/seek 0:05");
  await jonas.writes("/pause");
  await jonas.stands();
  const lena = await guest(jonas, "Lena");
  const veil = lena.page.getByRole("button", { name: /which you have not seen yet/ });
  await veil.waitFor();
  assert.equal(await lena.page.getByText("her friend").count(), 0);
  await lena.shot("talk-veil");
  await veil.click();
  await lena.page.getByText("her friend").waitFor();
  await lena.leaves();
  await jonas.leaves();
});

test("a slash command is found, filled and run by the keyboard, and says who may where one may not", async () => {
  const jonas = await host();
  const lena = await guest(jonas, "Lena");
  const box = jonas.page.getByLabel("Message", { exact: true });
  await box.focus();
  await jonas.page.keyboard.type("/s");
  const list = jonas.page.getByRole("listbox", { name: "Commands" });
  await list.waitFor();
  const first = await box.getAttribute("aria-activedescendant");
  await jonas.page.keyboard.press("ArrowDown");
  assert.notEqual(await box.getAttribute("aria-activedescendant"), first);
  await jonas.page.keyboard.press("ArrowUp");
  await isAccessible(jonas, "the completion");
  await jonas.page.keyboard.press("Tab");
  assert.equal(await box.inputValue(), "/seek ");
  await jonas.page.keyboard.type("0:20");
  await jonas.page.keyboard.press("Enter");
  await lena.sees(() => window.onecouch.video().currentTime >= 20);

  await jonas.page.keyboard.type("/kick ");
  await jonas.page.getByRole("option", { name: "@Lena" }).waitFor();
  await jonas.page.keyboard.press("Escape");
  assert.equal(await jonas.page.getByRole("listbox").getByRole("option").count(), 0);
  await box.fill("");

  await lena.page.getByLabel("Message", { exact: true }).fill("/kick");
  const locked = lena.page.getByRole("option", { name: /\/kick/ });
  await locked.waitFor();
  assert.equal(await locked.getAttribute("aria-disabled"), "true");
  assert.match(await locked.textContent(), /Only moderators/);
  await jonas.leaves();
  await lena.leaves();
});

test("a reaction is seen by the other, moves only for who likes it, and is counted in the chat", async () => {
  const jonas = await host();
  const lena = await guest(jonas, "Lena", { reducedMotion: "reduce" });
  await lena.plays();
  const heart = jonas.page.getByRole("group", { name: "React" }).first().getByRole("button", { name: "Heart" });
  await heart.focus();
  await jonas.page.keyboard.press("Enter");
  await jonas.page.keyboard.press("ArrowRight");
  await jonas.page.keyboard.press("Enter");
  const rise = lena.page.locator(".rise", { hasText: "Jonas" }).first();
  await rise.waitFor();
  assert.equal(await rise.evaluate((node) => getComputedStyle(node).animationName), "stay-film", "nothing moves where motion is not wanted");
  assert.equal(await jonas.page.locator(".rise").first().evaluate((node) => getComputedStyle(node).animationName), "rise-film");
  await lena.shot("talk-reaction");
  await lena.page.locator(".burst", { hasText: "Jonas" }).getByText("Heart").waitFor({ state: "attached" });
  await lena.page.getByText("Jonas reacted: Heart and Laugh.").waitFor({ state: "attached" });
  await jonas.leaves();
  await lena.leaves();
});

test("captions are the viewer's own: a track of the film, a file of this device, size and timing", async () => {
  const jonas = await host();
  const lena = await guest(jonas, "Lena");
  await lena.plays();
  for (const person of [jonas, lena]) {
    await person.page.route("**/subtitles.vtt*", (route) =>
      route.fulfill({ contentType: "text/vtt", body: "WEBVTT\n\n00:00.000 --> 01:00.000\n[<i>wind</i> rising over the pass]\n" }));
  }
  const item = await jonas.page.evaluate(() => window.onecouch.state().room.current.id);
  await patches(jonas, `/queue/${item}`, { subtitles: "https://films.example/sintel.vtt" });
  await lena.sees(() => window.onecouch.state().room.current.subtitles !== null);
  await jonas.page.locator("body").click({ position: { x: 5, y: 5 } });
  await jonas.page.keyboard.press("c");
  await jonas.page.locator(".caption", { hasText: "wind rising over the pass" }).waitFor();
  assert.equal(await lena.page.locator(".caption").count(), 0, "nobody else's screen changed");
  await jonas.page.mouse.move(400, 300);
  await jonas.page.getByRole("button", { name: "Captions, on" }).click();
  await jonas.shot("talk-captions");
  await isAccessible(jonas, "the captions menu");
  await jonas.page.getByRole("radio", { name: "XL" }).click();
  await jonas.page.locator(".captions--xl").waitFor();

  await jonas.page.locator("input[type=file]").setInputFiles({
    name: "mine.srt", mimeType: "text/plain", buffer: Buffer.from("1\n00:00:00,000 --> 00:01:00,000\nmy own words\n"),
  });
  await jonas.page.locator(".caption", { hasText: "my own words" }).waitFor();
  for (let index = 0; index < 2; index += 1) await jonas.page.getByRole("button", { name: "Captions later" }).click();
  await jonas.page.getByText("0.5 s later").waitFor();
  await jonas.page.keyboard.press("Escape");
  await jonas.page.reload();
  await jonas.page.locator(".captions--xl .caption", { hasText: "wind" }).waitFor();
  await jonas.leaves();
  await lena.leaves();
});

test("in full screen one writes without leaving the film", async () => {
  const jonas = await host();
  const lena = await guest(jonas, "Lena");
  await lena.page.locator(".chat").waitFor();
  await jonas.page.locator("body").click({ position: { x: 5, y: 5 } });
  await jonas.page.keyboard.press("f");
  await jonas.sees(() => document.fullscreenElement !== null);
  const panel = jonas.page.locator(".panel");
  await panel.waitFor({ state: "hidden" });
  await jonas.page.keyboard.press("n");
  await panel.waitFor();
  await jonas.sees(() => document.activeElement?.id === "message");
  await jonas.page.keyboard.type("still in full screen");
  await jonas.page.keyboard.press("Enter");
  await lena.page.getByText("still in full screen").waitFor();
  assert.ok(await jonas.page.evaluate(() => document.fullscreenElement.contains(document.activeElement)));
  await jonas.shot("talk-full");
  await isAccessible(jonas, "full screen with chat");
  // The controls come back with the pointer, beside the chat.
  await jonas.page.mouse.move(200, 300);
  await jonas.page.getByRole("button", { name: "Chat over the film" }).click();
  await panel.waitFor({ state: "hidden" });
  await jonas.leaves();
  await lena.leaves();
});

test("a phone has the film on top, on its side the film alone, and as a companion none", async () => {
  const jonas = await host();
  const lena = await guest(jonas, "Lena", PHONE);
  await lena.plays();
  await isAccessible(lena, "a phone");
  const small = await lena.page.evaluate(() =>
    [...document.querySelectorAll("button, a[href], input, select")]
      .filter((node) => node.checkVisibility() && node.closest(".vh, .skip, .line") === null)
      .map((node) => ({ name: node.getAttribute("aria-label") ?? node.textContent, box: node.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.height < 44 || box.width < 40))
      .map(({ name, box }) => `${name} ${Math.round(box.width)}×${Math.round(box.height)}`));
  assert.deepEqual(small, [], "targets for a thumb");
  await lena.shot("talk-phone");
  await lena.page.setViewportSize({ width: 844, height: 390 });
  const panel = lena.page.locator(".panel");
  await panel.waitFor({ state: "hidden" });
  await lena.page.touchscreen.tap(400, 150);
  await lena.page.getByRole("button", { name: "Chat over the film" }).tap();
  await panel.waitFor();
  const share = await panel.evaluate((node) => node.getBoundingClientRect().width / innerWidth);
  assert.ok(share > 0.3 && share < 0.4, `the chat takes ${share} of the width`);
  await lena.shot("talk-landscape");
  await lena.page.setViewportSize({ width: 390, height: 844 });
  await lena.page.getByRole("button", { name: /couch/ }).first().tap();
  await lena.page.getByRole("menuitem", { name: /Chat only on this device/ }).tap();
  await lena.page.waitForURL(/\?chat$/);
  await lena.page.getByRole("region", { name: "The room without its film" }).waitFor();
  assert.equal(await lena.page.locator("video").count(), 0);
  await jonas.sees(() => window.onecouch.state().room.here.some((one) => !one.watches));
  await isAccessible(lena, "the companion");
  await lena.shot("talk-companion");
  await jonas.leaves();
  await lena.leaves();
});

test("where the browser forbids sound the film runs silent, and one tap brings it", { timeout: 90_000 }, async () => {
  const strict = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--mute-audio", "--autoplay-policy=user-gesture-required"],
  });
  const jonas = await host();
  try {
    const joined = await Person.comes(strict, "Lena");
    await joined.joins(await invite(jonas));
    const room = joined.page.url();
    await joined.page.locator(".room").waitFor();
    const storageState = await joined.context.storageState();
    await joined.leaves();
    // She comes again and touches nothing. Looking into a page counts as a gesture, and so does the address bar; so the film itself
    // tells when it plays, and what counts is how it does after a reload.
    const lena = await Person.comes(strict, "Lena", { storageState });
    const told = [];
    let hear = () => undefined;
    await lena.page.exposeBinding("tellPlaying", (_, muted, page) => {
      told.push({ muted, page });
      hear();
    });
    await lena.page.addInitScript(() =>
      document.addEventListener("playing", ({ target }) => window.tellPlaying(target.muted, performance.timeOrigin), true));
    const playing = async (fits) => {
      while (!told.some(fits)) await new Promise((resolve) => (hear = resolve));
      return told.find(fits);
    };
    await lena.page.goto(room);
    const first = await playing(() => true);
    await lena.page.reload();
    const second = await playing((one) => one.page !== first.page);
    assert.equal(second.muted, true, "it plays, silent");
    const tap = lena.page.getByRole("button", { name: /Tap for sound|Tap to play/ });
    await tap.waitFor();
    await lena.shot("talk-silent");
    assert.ok(await tap.evaluate((node) => node === document.activeElement), "the button has the focus");
    await tap.click();
    await tap.waitFor({ state: "detached" });
    await lena.plays();
    assert.equal(await lena.page.evaluate(() => window.onecouch.video().muted), false);
    await lena.leaves();
  } finally {
    await strict.close();
  }
  await jonas.leaves();
});

test("a command given while the line is lost is refused where one sees it, and never comes later", async () => {
  const jonas = await host();
  const before = await jonas.page.evaluate(() => window.onecouch.state().room.playback.playing);
  assert.equal(before, true);
  await stage.stops();
  const banner = jonas.page.getByRole("status").filter({ hasText: /reconnecting/i });
  await banner.waitFor();
  await banner.getByRole("button", { name: "Try now" }).waitFor();
  await jonas.page.locator("body").click({ position: { x: 5, y: 5 } });
  await jonas.page.keyboard.press("k");
  await jonas.page.getByRole("alert").filter({ hasText: "nothing happened" }).waitFor();
  await jonas.shot("talk-offline");
  await isAccessible(jonas, "without a line");
  const box = jonas.page.getByLabel("Message", { exact: true });
  await box.fill("into the void");
  await box.press("Enter");
  await jonas.page.locator(".aside--no", { hasText: "nothing happened" }).waitFor();
  assert.equal(await box.inputValue(), "into the void", "what was written is kept");
  await stage.starts();
  await banner.waitFor({ state: "hidden" });
  await jonas.plays();
  assert.equal(await jonas.page.locator(".line", { hasText: "into the void" }).count(), 0);
  await jonas.leaves();
});
