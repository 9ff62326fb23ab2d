// One couch, end to end: a link typed in Discord plays, in step, in everybody's browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person, browser, opensForStories, stage, until } from "./stage.mjs";

opensForStories();

const apart = async (one, other) => Math.abs((await one.at()) - (await other.at())) * 1000;

test("watch, seek and pause typed in Discord move both browsers to the same frame", async () => {
  const said = await stage.types(`/watch link:${stage.film}`);
  assert.match(said, /demo|film|playing|starts/i);
  const card = await until("a card with a link", stage.card, (card) => card?.link);

  const jonas = await Person.comes(browser, "Jonas");
  const lena = await Person.comes(browser, "Lena");
  await jonas.joins(card.link);
  await lena.joins(card.link);
  assert.ok(!jonas.page.url().includes(card.link.split("/j/")[1]), "the secret left the address bar");
  await Promise.all([jonas.plays(), lena.plays()]);
  await jonas.page.getByText("In sync").first().waitFor();
  await jonas.shot("room");

  await stage.types("/seek time:0:30");
  for (const person of [jonas, lena]) await person.sees(() => window.onecouch.video().currentTime >= 30);
  await Promise.all([jonas.plays(), lena.plays()]);
  await jonas.page.getByText("Maya", { exact: false }).first().waitFor();

  await stage.types("/pause");
  await Promise.all([jonas.stands(), lena.stands()]);
  const room = await jonas.page.evaluate(() => window.onecouch.target() / 1000);
  const difference = await apart(jonas, lena);
  assert.ok(difference <= 100, `they stand ${difference} ms apart`);
  assert.ok(Math.abs((await jonas.at()) - room) * 1000 <= 100, "and where the room stands");
  assert.ok(room >= 30 && room < 59);
  await until("a card that says so", stage.card, (card) => /paused/i.test(card.text));
  await lena.shot("paused");
  await jonas.leaves();
  await lena.leaves();
});

test("what is done in a browser moves the other one and the card in Discord", async () => {
  await stage.types(`/watch link:${stage.film}`);
  const { link } = await until("a card with a link", stage.card, (card) => card?.link);
  const jonas = await Person.comes(browser, "Jonas");
  const lena = await Person.comes(browser, "Lena", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await jonas.joins(link);
  await lena.joins(link);

  await jonas.writes("/play");
  await Promise.all([jonas.plays(), lena.plays()]);
  await jonas.writes("hello from the page");
  await lena.page.getByText("hello from the page").waitFor();
  await lena.page.getByText("In sync").first().waitFor();
  await lena.shot("phone");
  await jonas.writes("/seek 0:10");
  await lena.sees(() => window.onecouch.video().currentTime >= 9.9 && window.onecouch.video().currentTime < 20);
  await jonas.writes("/seek yesterday");
  await jonas.page.getByText("yesterday is not a time", { exact: false }).waitFor();
  await jonas.page.keyboard.press("Escape");
  await jonas.page.locator("body").click({ position: { x: 5, y: 5 } });
  await jonas.page.keyboard.press("k");
  await Promise.all([jonas.stands(), lena.stands()]);
  assert.ok((await apart(jonas, lena)) <= 100);
  await until("a card that says so", stage.card, (card) => /paused\*\* at 0:1/i.test(card.text));
  await jonas.leaves();
  await lena.leaves();
});

test("a restart of the server shows itself, and everybody comes back where the film was", async () => {
  await stage.types(`/watch link:${stage.film}`);
  await stage.types("/play");
  const { link } = await until("a card with a link", stage.card, (card) => card?.link);
  const jonas = await Person.comes(browser, "Jonas");
  await jonas.joins(link);
  await jonas.plays();
  const banner = jonas.page.getByRole("status").filter({ hasText: /reconnecting/i });
  await stage.stops();
  await banner.waitFor();
  await stage.starts();
  await banner.waitFor({ state: "hidden" });
  await jonas.plays();
  await jonas.writes("back again");
  await jonas.page.getByText("back again").waitFor();
  await jonas.leaves();
});

test("the landing page starts a room with a link, and a wrong invite says what to do", async () => {
  const jonas = await Person.comes(browser, "Jonas");
  await jonas.page.goto(stage.url);
  await jonas.shot("landing");
  await jonas.page.getByLabel("Your name").fill("Jonas");
  const link = jonas.page.getByPlaceholder("Paste a link to a video");
  await link.fill(stage.film);
  await link.press("Enter");
  await jonas.page.waitForURL(/\/r\//);
  await jonas.plays();
  await jonas.page.goto(`${stage.url}/j/nosuchinvite0000`);
  await jonas.page.getByText(/new one|does not work/i).first().waitFor();
  await jonas.leaves();
});
