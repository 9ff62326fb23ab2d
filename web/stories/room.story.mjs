// What one does in a room beside watching: its queue, its people, its votes, what it is set to, its lists and its hours.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { api, enters, opensForStories, stage, until } from "./stage.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const TITLES = ["Cosmos Laundromat", "Tears of Steel", "Spring", "Sprite Fright", "Sherlock Jr."];

opensForStories();

const ask = (token, method, path, body) => api(method, path, body, token);

/** A room of Maya's with films that wait, and Maya in it. */
async function opens(settings = {}, options = {}) {
  const { token } = await ask(null, "POST", "/sessions", { name: "Maya" });
  const room = await ask(token, "POST", "/rooms", { title: "Friday film club", url: stage.film, ...settings });
  for (const title of TITLES) await ask(token, "POST", `/rooms/${room.id}/queue`, { url: stage.film, title });
  return [room, await enters(room, "Maya", { token, ...options })];
}

const tab = (person, name) => person.page.getByRole("tab", { name }).click();
const order = (person) => person.page.evaluate(() => window.onecouch.state().room.queue.map((item) => item.title));
const isOrder = (person, titles) =>
  person.sees((wanted) => window.onecouch.state().room.queue.map((item) => item.title).join() === wanted.join(), titles);
const button = (person, name) => person.page.getByRole("button", { name, exact: true });
const choose = async (person, menu, word) => {
  await button(person, menu).click();
  await person.page.getByRole("menuitem", { name: word }).click();
};

/** Rows that slide have come to where they belong. */
const rests = (person) => person.sees(() => document.querySelector(".qlist").getAnimations({ subtree: true }).length === 0);

/** Nothing that axe finds against WCAG 2.2 A and AA. */
const isClean = (person, state) => person.axe(state);

/** A finger on the glass, as the browser sees it. */
async function finger(person, from, to, steps = 8) {
  const client = await person.context.newCDPSession(person.page);
  const touch = (type, points) => client.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  await touch("touchStart", [from]);
  for (let step = 1; step <= steps; step += 1) {
    await touch("touchMove", [{ x: from.x, y: from.y + ((to.y - from.y) * step) / steps }]);
  }
  await touch("touchEnd", []);
}

test("rows of the queue are dragged by mouse and by finger, or moved with buttons that keep the focus", async () => {
  const [room, maya] = await opens();
  const lena = await enters(room, "Lena", PHONE);
  await tab(maya, /queue/i);
  const { page } = maya;
  const grip = (person, index) => person.page.locator(".q .grip").nth(index).boundingBox();
  const middle = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

  const [third, first] = [middle(await grip(maya, 2)), await grip(maya, 0)];
  await page.mouse.move(third.x, third.y);
  await page.mouse.down();
  await page.mouse.move(third.x, first.y + 2, { steps: 6 });
  await page.locator(".q.is-drag").waitFor();
  await maya.shot("queue-drag");
  await page.keyboard.press("Escape");
  await page.locator(".q.is-drag").waitFor({ state: "detached" });
  await page.mouse.up();
  assert.deepEqual(await order(maya), TITLES, "Escape puts it back");
  await rests(maya);

  await page.mouse.move(third.x, third.y);
  await page.mouse.down();
  await page.mouse.move(third.x, first.y + 2, { steps: 6 });
  await page.mouse.up();
  const dragged = ["Spring", "Cosmos Laundromat", "Tears of Steel", "Sprite Fright", "Sherlock Jr."];
  await Promise.all([isOrder(maya, dragged), isOrder(lena, dragged)]);
  await page.getByText("Spring moved to 1 of 5.").waitFor({ state: "attached" });

  await button(maya, "Move Spring down").click();
  await isOrder(maya, ["Cosmos Laundromat", "Spring", "Tears of Steel", "Sprite Fright", "Sherlock Jr."]);
  await maya.sees(() => document.activeElement?.getAttribute("aria-label") === "Move Spring down");
  await page.keyboard.press("Enter");
  await isOrder(maya, TITLES);
  await page.getByText("Spring moved to 3 of 5.").waitFor({ state: "attached" });

  await tab(lena, /queue/i);
  await lena.page.locator(".q").first().waitFor();
  const [lenas, top] = [middle(await grip(lena, 1)), await grip(lena, 0)];
  await finger(lena, lenas, { x: lenas.x, y: top.y + 2 });
  await isOrder(maya, ["Tears of Steel", "Cosmos Laundromat", "Spring", "Sprite Fright", "Sherlock Jr."]);
  await rests(lena);
  await choose(lena, "More for Tears of Steel", "Move down");
  await isOrder(maya, TITLES);
  await lena.shot("queue-phone");
  await isClean(maya, "the queue");
  await isClean(lena, "the queue on a phone");

  await button(maya, "Remove Spring").click();
  await page.getByText("Removed Spring.").waitFor();
  await button(maya, "Undo").click();
  await isOrder(lena, TITLES);
  await maya.leaves();
  await lena.leaves();
});

test("what one may not do is put to the vote, and the host's word decides", async () => {
  const [room, maya] = await opens({ vote_percent: 100, grants: { guest: ["chat", "vote", "propose", "playback"], registered: [], trusted: [], moderator: ["kick"] } });
  const ben = await enters(room, "Ben", { theme: "light" });
  await tab(ben, /queue/i);
  const remove = button(ben, "Remove Tears of Steel");
  assert.equal(await remove.getAttribute("aria-disabled"), "true");
  assert.match(await remove.getAttribute("title"), /Only Maya and co-hosts/);
  // It can be pressed all the same: the room's answer offers the vote.
  await remove.click({ force: true });
  await ben.page.locator(".tabpanel .no").getByRole("button", { name: "Ask everybody" }).click();
  const asked = maya.page.getByRole("group", { name: "Remove Tears of Steel" });
  await asked.getByText(/Ben asks/).waitFor();
  await asked.getByRole("button", { name: "Yes" }).click();
  await isOrder(ben, TITLES.filter((title) => title !== "Tears of Steel"));
  await isClean(ben, "the queue for who may not change it");
  await maya.leaves();
  await ben.leaves();
});

test("a guest becomes a moderator, is banned with a reason, and is let in again", async () => {
  const [room, maya] = await opens();
  const eve = await enters(room, "Eve");
  await tab(maya, /people/i);
  await choose(maya, "What to do about Eve", "Make moderator");
  await eve.sees(() => window.onecouch.state().you.role === "moderator");
  await tab(eve, /people/i);
  await button(eve, "What to do about yourself").waitFor();
  await choose(maya, "What to do about Eve", "Mute for an hour");
  await maya.page.getByText("muted", { exact: true }).waitFor();
  await isClean(maya, "people");
  await choose(maya, "What to do about Eve", "Ban");
  await maya.page.getByLabel("Reason").fill("spoilers");
  await isClean(maya, "the question before a ban");
  await maya.page.getByRole("dialog").getByRole("button", { name: "Ban", exact: true }).click();
  await eve.page.getByRole("heading", { name: /by invitation|shown the door|banned/i }).waitFor();
  await maya.page.getByText("spoilers").waitFor();
  await maya.shot("people-banned");
  await button(maya, "Let in Eve again").click();
  await maya.page.getByText("spoilers").waitFor({ state: "detached" });
  await eve.page.goto(`${stage.url}/r/${room.id}`);
  await eve.sees(() => window.onecouch?.state()?.room != null);

  await tab(maya, /activity/i);
  await maya.page.getByText("banned Eve").waitFor();
  await maya.page.getByRole("radio", { name: "Film" }).click();
  await maya.page.getByText("banned Eve").waitFor({ state: "detached" });
  await isClean(maya, "activity");
  await maya.leaves();
  await eve.leaves();
});

test("what was done before one came is read back, and taken back", async () => {
  const [room, maya] = await opens();
  await ask(maya.token, "DELETE", `/rooms/${room.id}/queue`);
  await maya.page.reload();
  await maya.sees(() => window.onecouch?.state()?.room != null);
  await tab(maya, /activity/i);
  await button(maya, "Undo: emptied the queue").click();
  await isOrder(maya, TITLES);
  await maya.leaves();
});

test("settings go at once; a no keeps what was typed, and a guest reads who may", async () => {
  const [room, maya] = await opens();
  const ben = await enters(room, "Ben", { theme: "light", ...PHONE });
  await button(maya, "Settings").click();
  const { page } = maya;
  await page.getByRole("radio", { name: "This room" }).click();
  const search = page.getByLabel("Search the settings");
  await search.fill("picture");
  const picture = page.getByRole("textbox", { name: "Picture" });
  await picture.fill("ftp://films.example/a.png");
  await picture.press("Enter");
  await page.getByRole("dialog").locator(".no").waitFor();
  assert.equal(await picture.inputValue(), "ftp://films.example/a.png");
  await search.fill("name of the room");
  const title = page.getByLabel("Name of the room");
  await title.fill("Saturday");
  await title.press("Enter");
  await page.getByText("Saved").waitFor();
  await ben.page.getByRole("heading", { name: "Saturday" }).waitFor();
  await search.fill("permissions");
  await page.getByRole("checkbox", { name: "Guest: Order the queue" }).click();
  await ben.sees(() => !window.onecouch.state().room.grants.guest.includes("order"));
  await isClean(maya, "the room's settings");

  await search.fill("schedule");
  await page.getByLabel("Opens", { exact: true }).fill("2035-05-04T20:30");
  await button(maya, "Set").click();
  await ben.sees(() => window.onecouch.state().room.schedule.status === "soon");
  await maya.page.getByRole("dialog").getByRole("button", { name: "I am coming" }).click();
  await page.getByText("1 person: Maya").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), button(maya, "To the calendar").click()]);
  assert.equal(download.suggestedFilename(), "Saturday.ics");
  assert.match(readFileSync(await download.path(), "utf8"), /DTSTART:20350504T/);
  await button(maya, "Take back").click();
  await ben.sees(() => window.onecouch.state().room.schedule.start === null);

  await button(ben, "Settings").click();
  await ben.page.getByRole("radio", { name: "This room" }).click();
  await ben.page.getByText("Only Maya and co-hosts may do this here").first().waitFor();
  const his = ben.page.getByLabel("Name of the room");
  assert.equal(await his.getAttribute("aria-disabled"), "true");
  await isClean(ben, "the settings of who may not change them");
  await ben.shot("settings-guest");
  await maya.leaves();
  await ben.leaves();
});

test("a playlist is made of the queue, deleted films come back from it, and what was played is played again", async () => {
  const [, maya] = await opens();
  const { page } = maya;
  await tab(maya, /queue/i);
  await choose(maya, "More for the queue", "Playlists");
  await page.getByLabel("Name of the playlist").fill("Rainy days");
  await button(maya, "Save the queue").click();
  await page.getByText("Saved Rainy days with 6 films.").waitFor();
  await isClean(maya, "playlists");
  await button(maya, "Back to the queue").click();
  await choose(maya, "More for the queue", "Empty the queue");
  await page.getByRole("dialog").getByRole("button", { name: "Empty the queue" }).click();
  await isOrder(maya, []);
  await choose(maya, "More for the queue", "Playlists");
  await button(maya, "Queue all of Rainy days").click();
  await maya.sees(() => window.onecouch.state().room.queue.length === 6);
  await button(maya, "Back to the queue").click();
  await page.getByRole("button", { name: "Skip this one" }).click();
  await maya.sees(() => window.onecouch.state().room.queue.length === 5);
  await choose(maya, "More for the queue", "Played before");
  await page.getByRole("button", { name: /^Add .* again$/ }).first().click();
  await maya.sees(() => window.onecouch.state().room.queue.length === 6);
  await isClean(maya, "what was played");
  await maya.leaves();
});

test("with the keyboard alone: a film is added, moved and removed", async () => {
  const [, maya] = await opens();
  const { page } = maya;
  await page.getByRole("tab", { name: /chat/i }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.getByLabel("Add to the queue").focus();
  await page.keyboard.type(stage.film);
  await page.keyboard.press("Enter");
  await maya.sees(() => window.onecouch.state().room.queue.length === 6);
  await button(maya, "More for Sherlock Jr.").focus();
  const opensMenu = async () => {
    await page.keyboard.press("Enter");
    await maya.sees(() => document.activeElement?.getAttribute("role") === "menuitem");
  };
  await opensMenu();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await maya.sees(() => document.querySelector(".q .ttl").textContent === "Sherlock Jr.");
  await maya.sees(() => document.activeElement?.getAttribute("aria-label") === "More for Sherlock Jr.");
  // Rows slide to their place.
  await maya.sees(() => [...document.querySelectorAll(".q")].every((row) => row.getAnimations().length === 0));
  await opensMenu();
  await page.keyboard.press("End");
  await maya.sees(() => /remove/i.test(document.activeElement?.textContent ?? ""));
  await page.keyboard.press("Enter");
  await until("a shorter queue", () => order(maya), (titles) => !titles.includes("Sherlock Jr."));
  await maya.sees(() => document.activeElement?.getAttribute("aria-label") === "More for Cosmos Laundromat");
  await maya.leaves();
});
