// The room in Discord's frame: the real page with the published SDK, between a stand-in for Discord's client and one for its proxy.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Discord } from "./discord.mjs";
import { Person, browser, opensForStories, shots, stage, until } from "./stage.mjs";

opensForStories();

/** Who a window is in the room. */
const you = (discord) => discord.frame.evaluate(() => window.onecouch.state().you);

/** Puts a film on, whatever was on before. */
async function puts(discord, link) {
  await stage.types(`/watch link:${link}`);
  let skipped;
  await until(link, async () => {
    const url = await discord.frame.evaluate(() => window.onecouch?.state().room?.current?.url);
    // Once: the page may show a film for a moment that is over, and a second word would be about the next.
    if (url !== undefined && url !== link && url !== skipped) {
      skipped = url;
      await stage.types("/skip");
    }
    return url;
  }, (url) => url === link);
}

test("who launches it is in the room of the channel under their own name, and what is typed there moves the film here", async () => {
  const maya = await Discord.opens(browser, stage);
  await maya.frame.getByRole("heading", { level: 1, name: "film-club" }).waitFor();
  assert.equal((await you(maya)).name, "Maya");
  assert.equal(maya.asked("AUTHORIZE")[0].args.scope.join(), "identify", "nothing but who one is");
  await until("Discord knows the page", async () => maya.asked("AUTHENTICATE").length, (count) => count === 1);

  // A film of the server itself plays within the frame.
  await puts(maya, stage.own);
  await stage.types("/play");
  await maya.plays();
  assert.match(await maya.frame.evaluate(() => window.onecouch.video().currentSrc), /\.localhost:\d+\/demo\/clip\.mp4$/, "through the proxy");
  await stage.types("/seek time:0:20");
  await maya.sees(() => window.onecouch.video().currentTime >= 20);
  await maya.plays();
  await maya.shot(`${shots}activity.png`);

  // Somebody in a browser is in the same room.
  const { link } = await until("a card with a link", stage.card, (card) => card?.link);
  const jonas = await Person.comes(browser, "Jonas");
  await jonas.joins(link);
  await jonas.plays();
  const box = maya.frame.getByPlaceholder(/message/i);
  await box.fill("hello from Discord");
  await box.press("Enter");
  await jonas.page.getByText("hello from Discord").waitFor();
  await stage.types("/pause");
  await maya.sees(() => window.onecouch.video().paused);
  const at = await maya.frame.evaluate(() => window.onecouch.video().currentTime);
  assert.ok(Math.abs(at - (await jonas.at())) <= 0.1, "both stand on the same frame");
  await jonas.leaves();
  await maya.leaves();
  await stage.closesActivity();
});

test("a film from elsewhere is offered in a browser, and links and invites go through Discord", async () => {
  const maya = await Discord.opens(browser, stage);
  await puts(maya, stage.film);
  const outside = maya.frame.getByRole("link", { name: "Open in browser" });
  await outside.waitFor();
  await maya.shot(`${shots}activity-elsewhere.png`);
  await outside.click();
  await until("Discord was asked", async () => maya.asked("OPEN_EXTERNAL_LINK"), (asked) => asked.length === 1);
  const { url } = maya.asked("OPEN_EXTERNAL_LINK")[0].args;
  assert.ok(url.startsWith(`${stage.url}/j/`), url);
  // Queue and chat go on.
  await maya.frame.getByRole("tab", { name: /queue/i }).click();
  await maya.frame.getByRole("tab", { name: /chat/i }).click();
  await maya.frame.getByPlaceholder(/message/i).waitFor();
  assert.equal(await maya.frame.locator(".home").isVisible(), false, "there is no way home in here");

  await maya.frame.getByRole("button", { name: "Invite", exact: true }).click();
  await maya.frame.getByRole("button", { name: "Invite on Discord" }).click();
  await until("Discord's dialog", async () => maya.asked("OPEN_INVITE_DIALOG").length, (count) => count === 1);
  await maya.shot(`${shots}activity-invite.png`);
  await maya.leaves();
  await stage.closesActivity();
});

test("a small picture of it is the film alone, and so is one tile of many", async () => {
  const maya = await Discord.opens(browser, stage);
  await puts(maya, stage.own);
  const panel = maya.frame.getByRole("tablist");
  await panel.waitFor();
  for (const layout of ["pip", "grid"]) {
    await maya.page.setViewportSize({ width: 320, height: 180 });
    await maya.shows(layout);
    await panel.waitFor({ state: "hidden" });
    const stage = await maya.frame.locator(".stage").boundingBox();
    assert.deepEqual([stage.x, stage.y, stage.width, stage.height], [0, 0, 320, 180], `${layout}: the whole of it`);
    await maya.shot(`${shots}activity-${layout}.png`);
    await maya.page.setViewportSize({ width: 1280, height: 800 });
    await maya.shows("focused");
    await panel.waitFor();
  }
  await maya.leaves();
  await stage.closesActivity();
});

test("a frame without an origin, as on phones of one maker, has the whole room too", async () => {
  const maya = await Discord.opens(browser, stage, { opaque: true, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await puts(maya, stage.own);
  await stage.types("/play");
  await maya.plays();
  assert.equal(await maya.frame.evaluate(() => window.origin), "null");
  const box = maya.frame.getByPlaceholder(/message/i);
  await box.fill("hello from a phone");
  await box.press("Enter");
  await maya.frame.getByText("hello from a phone").waitFor();
  await maya.shot(`${shots}activity-phone.png`);
  await maya.leaves();
  await stage.closesActivity();
});

test("whoever does not agree, is not in it or comes from nowhere reads why, with a next step", async () => {
  const denied = await Discord.opens(browser, stage, { authorize: () => Promise.reject(new Error("they said no")) });
  await denied.frame.getByRole("heading", { name: "Discord was not allowed to say who you are" }).waitFor();
  await denied.frame.getByRole("button", { name: "Come in again" }).waitFor();
  await denied.shot(`${shots}activity-denied.png`);
  await denied.leaves();

  // She has closed it by the time that Discord is asked.
  const gone = await Discord.opens(browser, stage, { authorize: async () => {
    await stage.closesActivity();
    return stage.authorizes();
  } });
  await gone.frame.getByText("Discord does not see you in this activity.", { exact: false }).waitFor();
  assert.equal(gone.asked("AUTHORIZE").length, 2, "it was tried once more, with a code of its own");
  await gone.leaves();

  const jonas = await Person.comes(browser, "Jonas");
  await jonas.page.goto(`${stage.url}/activity`);
  await jonas.page.getByRole("heading", { name: "This page is for Discord" }).waitFor();
  await jonas.shot("activity-outside");
  await jonas.leaves();
});
