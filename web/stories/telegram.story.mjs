// The viewer within Telegram: who one is comes from there, and so do the colours and the button back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person, api, browser, opensForStories, stage } from "./stage.mjs";
import { CLIENT, DARK, LIGHT, Telegram, says } from "./telegram.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const ANA = { id: 4711, first_name: "Ana" };
const BEN = { id: 815, first_name: "Ben" };

let room;

opensForStories({}, async () => {
  const { token } = await api("POST", "/sessions", { name: "Cleo" });
  room = { ...(await api("POST", "/rooms", { title: "Friday film club", url: stage.film }, token)), token };
});

const comes = async (name, options = PHONE) => {
  const person = await Person.comes(browser, name, options);
  return [person, await Telegram.for(person, stage)];
};

test("a link in Telegram leads into the room, as who one is there", async () => {
  const [ana, telegram] = await comes("Ana");
  await telegram.opens(says(stage.telegram_token, ANA, { start: room.invite }), { platform: "android" });
  await telegram.app.getByRole("heading", { name: "Friday film club" }).waitFor();
  await telegram.sees(() => window.onecouch?.state().you?.name === "Ana");
  for (const told of ["web_app_ready", "web_app_expand"]) await telegram.hears(told);
  await telegram.hears("web_app_setup_swipe_behavior", { allow_vertical_swipe: false });
  // Others see her as one of the bot's people.
  const me = await api("GET", `/rooms/${room.id}/members`, undefined, room.token);
  assert.ok(JSON.stringify(me).includes('"Ana"'), JSON.stringify(me));
  await ana.shot("telegram-room");
  await ana.leaves();
});

test("in Telegram's own apps, which show the page without a frame, nothing but the window keeps who one is", async () => {
  const [ben, telegram] = await comes("Ben");
  // Somebody else used this browser before.
  await ben.page.goto(stage.url);
  await ben.page.evaluate(() => localStorage.setItem("onecouch.token", "of-somebody-else"));
  await telegram.opensAlone(says(stage.telegram_token, BEN, { start: room.invite }));
  await telegram.sees(() => window.onecouch?.state().you?.name === "Ben");
  const kept = await ben.page.evaluate(async () => [
    localStorage.getItem("onecouch.token"), document.cookie, location.pathname, (await navigator.serviceWorker.getRegistrations()).length,
  ]);
  assert.deepEqual(kept, ["of-somebody-else", "", "/tg", 0]);
  const cookies = await ben.context.cookies();
  assert.deepEqual(cookies, []);
  await ben.leaves();
});

test("loaded again, the page goes on as who one is and where one was; another word of Telegram's makes somebody else", async () => {
  const [ana, telegram] = await comes("Ana");
  const at = Date.now() + 5000;
  await telegram.opens(says(stage.telegram_token, ANA, { at }));
  // Not where the link leads: in a room that she made since.
  await telegram.app.getByPlaceholder("Paste a link to a video").fill(stage.film);
  await telegram.app.getByPlaceholder("Paste a link to a video").press("Enter");
  await telegram.sees(() => window.onecouch?.state().you?.role === "host");
  const hers = await telegram.frame.evaluate(() => window.onecouch.state().room.id);
  await telegram.reloads();
  await telegram.sees((room) => window.onecouch?.state().room?.id === room && window.onecouch.state().you.role === "host", hers);

  // Somebody else takes the window over: nothing of hers is left in it.
  await telegram.opens(says(stage.telegram_token, BEN, { start: room.invite, at }));
  await telegram.sees(() => window.onecouch?.state().you?.name === "Ben");
  await telegram.reloads();
  await telegram.sees((id) => window.onecouch?.state().you?.name === "Ben" && window.onecouch.state().room.id === id, room.id);
  await ana.leaves();
});

test("Telegram's colours are the page's, change with it, and give way to one's own choice", async () => {
  const [ana, telegram] = await comes("Ana");
  await telegram.opens(says(stage.telegram_token, ANA, { start: room.invite, at: Date.now() + 1000 }));
  const colours = () => telegram.frame.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(name).trim();
    return { theme: document.documentElement.dataset.theme, ground: of("--bg"), text: of("--text"), accent: of("--accent") };
  });
  await telegram.app.getByRole("heading", { name: "Friday film club" }).waitFor();
  const dark = await colours();
  assert.deepEqual([dark.theme, dark.ground, dark.text], ["dark", "rgb(23 33 43)", "rgb(245 245 245)"]);
  await telegram.tells("theme_changed", { theme_params: LIGHT });
  await telegram.sees(() => document.documentElement.dataset.theme === "light");
  const light = await colours();
  assert.deepEqual([light.ground, light.text], ["rgb(255 255 255)", "rgb(0 0 0)"]);
  await ana.shot("telegram-room-light");
  await telegram.tells("theme_changed", { theme_params: DARK });
  await telegram.sees(() => document.documentElement.dataset.theme === "dark");
  // Somebody who chooses the other one here has ours.
  await telegram.frame.evaluate(() => { document.documentElement.dataset.theme = "light"; });
  await telegram.sees(() => !getComputedStyle(document.documentElement).getPropertyValue("--bg").includes("rgb"));
  await ana.leaves();
});

test("the button back closes what is open, and the page stays clear of Telegram's edges", async () => {
  const [ana, telegram] = await comes("Ana");
  await telegram.opens(says(stage.telegram_token, ANA, { start: room.invite, at: Date.now() + 2000 }), { platform: "ios" });
  await telegram.app.getByRole("heading", { name: "Friday film club" }).waitFor();
  await telegram.tells("safe_area_changed", { top: 44, right: 0, bottom: 20, left: 0 });
  await telegram.tells("content_safe_area_changed", { top: 46, right: 0, bottom: 0, left: 0 });
  await telegram.sees(() => document.querySelector(".topbar").getBoundingClientRect().top === 90);
  const bottom = await telegram.frame.evaluate(() => document.querySelector(".panel").getBoundingClientRect().bottom);
  assert.equal(bottom, 844 - 20);
  await telegram.forgets();
  await telegram.app.getByRole("button", { name: "Invite" }).click();
  await telegram.hears("web_app_setup_back_button", { is_visible: true });
  await ana.shot("telegram-invite");
  await telegram.tells("back_button_pressed");
  await telegram.hears("web_app_setup_back_button", { is_visible: false });
  assert.equal(await telegram.frame.evaluate(() => document.querySelector("[aria-expanded=true]")), null);
  // On its side the film has the whole of it.
  await ana.page.setViewportSize({ width: 844, height: 390 });
  await telegram.hears("web_app_request_fullscreen");
  await telegram.tells("fullscreen_changed", { is_fullscreen: true });
  await ana.page.setViewportSize({ width: 390, height: 844 });
  await telegram.hears("web_app_exit_fullscreen");
  await ana.leaves();
});

test("links lead out through Telegram, those to our own pages stay within", async () => {
  const [ana, telegram] = await comes("Ana");
  await telegram.opens(says(stage.telegram_token, ANA, { at: Date.now() + 3000 }));
  await telegram.app.getByRole("link", { name: /developers|API/i }).click();
  assert.ok((await telegram.hears("web_app_open_link")).url.endsWith("/api/v1/docs"));
  await telegram.frame.evaluate(() => {
    const link = document.createElement("a");
    link.href = "https://t.me/couch_bot?start=x";
    document.body.append(link);
    link.click();
    link.remove();
  });
  await telegram.hears("web_app_open_tg_link", { path_full: "/couch_bot?start=x" });
  // A room that she makes opens in the same window, and is hers.
  await telegram.app.getByPlaceholder("Paste a link to a video").fill(stage.film);
  await telegram.app.getByPlaceholder("Paste a link to a video").press("Enter");
  await telegram.sees(() => window.onecouch?.state().you?.role === "host" && window.onecouch.state().you.name === "Ana");
  assert.equal(await telegram.frame.evaluate(() => location.pathname), "/tg");
  assert.equal(ana.page.url(), CLIENT);
  await ana.leaves();
});

test("what Telegram did not say, or said too long ago, lets nobody in and says what to do", async () => {
  const [eve, telegram] = await comes("Eve");
  const said = says(stage.telegram_token, BEN, { start: room.invite, at: Date.now() + 4000 });
  const bad = [
    [said.replace("815", "816"), "This is not what Telegram said about you."],
    [says(stage.telegram_token, BEN, { start: room.invite, at: Date.now() - 3_700_000 }), "is good for an hour"],
  ];
  for (const [data, sentence] of bad) {
    await telegram.opens(data);
    await telegram.app.getByRole("alert").filter({ hasText: sentence }).waitFor();
    assert.equal(await telegram.frame.evaluate(() => window.onecouch), undefined);
    await telegram.app.getByRole("button", { name: "Close this window" }).click();
    await telegram.hears("web_app_close");
  }
  await eve.shot("telegram-refused");
  // The same, a second time, in a window that heard nothing of the first.
  const [ben, his] = await comes("Ben");
  await his.opens(said);
  await his.sees(() => window.onecouch?.state().you?.name === "Ben");
  await ben.leaves();
  await telegram.opens(said);
  await telegram.app.getByRole("alert").filter({ hasText: "was used already" }).waitFor();
  // There is a way in all the same: as in any browser.
  await telegram.app.getByRole("button", { name: "Come in under a name of your own" }).click();
  await telegram.app.getByLabel("Your name").fill("Eve");
  await telegram.app.getByRole("button", { name: /join/i }).click();
  await telegram.sees(() => window.onecouch?.state().you?.name === "Eve");
  await eve.leaves();
});

test("a Telegram that says nothing leaves the form for a name, and no other page is shown in a frame", async () => {
  const [dan, telegram] = await comes("Dan");
  await telegram.opens(undefined, { start: room.invite });
  await telegram.app.getByLabel("Your name").fill("Dan");
  await telegram.app.getByLabel("Your name").press("Enter");
  await telegram.sees(() => window.onecouch?.state().you?.name === "Dan");
  await dan.leaves();

  const [ada, other] = await comes("Ada");
  await other.opens(undefined);
  const refused = ada.page.waitForEvent("console", (message) => /frame-ancestors/.test(message.text()));
  await ada.page.evaluate((src) => { document.querySelector("iframe").src = src; }, `${stage.url}/r/${room.id}`);
  await refused;
  ada.troubles.length = 0;
  await ada.leaves();
});
