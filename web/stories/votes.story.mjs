// Two on one couch: what waits for whom, what is asked of everybody, and what is taken back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person, browser, opensForStories, stage } from "./stage.mjs";

opensForStories();

/** How long the room waited for its viewers at the last start, in ms by the server's clock. */
const waited = (person) =>
  person.page.evaluate(() => {
    const { deeds } = window.onecouch.state();
    const ready = deeds.findLastIndex((deed) => deed.what.cause === "ready");
    return ready < 1 ? null : deeds[ready].at - deeds[ready - 1].at;
  });

/** Jonas makes a room, and Lena comes to it. */
async function couch() {
  const jonas = await Person.comes(browser, "Jonas");
  const lena = await Person.comes(browser, "Lena", { colorScheme: "light" });
  await jonas.page.goto(stage.url);
  await jonas.page.getByLabel("Your name").fill("Jonas");
  const link = jonas.page.getByPlaceholder("Paste a link to a video");
  await link.fill(stage.film);
  await link.press("Enter");
  await jonas.page.waitForURL(/\/r\//);
  await jonas.plays();
  await lena.joins(await jonas.page.evaluate(() => window.onecouch.state().room.invite_url));
  await lena.plays();
  return [jonas, lena];
}

async function queues(person, link, count) {
  await person.page.getByRole("tab", { name: /queue/i }).click();
  for (let index = 1; index <= count; index += 1) {
    const field = person.page.getByLabel("Add to the queue");
    await field.fill(link);
    await field.press("Enter");
    await person.sees((length) => window.onecouch.state().room.queue.length === length, index);
  }
}

/** By the API, as the person of this page. */
const changes = (person, settings) =>
  person.page.evaluate(async (body) => {
    const { id } = window.onecouch.state().room;
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`/api/v1/rooms/${id}`, { method: "PATCH", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  }, settings);

test("the next film waits until both have it, and not for a late word of theirs", async () => {
  const [jonas, lena] = await couch();
  await queues(jonas, stage.film, 3);
  const delays = [];
  for (const left of [2, 1, 0]) {
    await jonas.page.getByRole("button", { name: "Skip", exact: true }).click();
    for (const person of [jonas, lena]) await person.sees((length) => window.onecouch.state().room.queue.length === length, left);
    await Promise.all([jonas.plays(), lena.plays()]);
    delays.push(await waited(jonas));
  }
  console.log(`# the room waited ${delays.join(", ")} ms`);
  assert.ok(delays.every((delay) => delay !== null && delay < 1200), `it waited for ${delays} ms: nobody was late`);
  await jonas.page.getByRole("button", { name: "Back", exact: true }).first().click();
  await jonas.page.getByText("went back").first().waitFor();
  await Promise.all([jonas.plays(), lena.plays()]);
  await jonas.page.getByLabel("Speed, for all").selectOption("1.5");
  await lena.sees(() => window.onecouch.video().playbackRate > 1.3);
  await jonas.leaves();
  await lena.leaves();
});

test("skipping is put to the vote where the room votes, and a removed film is brought back", async () => {
  const [jonas, lena] = await couch();
  await queues(jonas, stage.film, 2);
  await jonas.page.getByRole("button", { name: /^Remove/ }).last().click();
  await jonas.page.getByText(/^Removed /).waitFor();
  await jonas.shot("undo");
  assert.equal(await lena.page.getByText(/^Removed /).count(), 0, "only who did it is asked");
  await jonas.page.getByRole("button", { name: "Undo" }).click();
  await lena.sees(() => window.onecouch.state().room.queue.length === 2);
  await jonas.page.getByText(/^Removed /).waitFor({ state: "detached" });

  await changes(jonas, { vote_skip: true, vote_percent: 100, queue_mode: "vote" });
  await jonas.page.getByText("Up next, by votes").waitFor();
  const second = await jonas.page.evaluate(() => window.onecouch.state().room.queue[1].id);
  await jonas.page.getByRole("button", { name: /^Vote for/ }).last().click();
  await lena.sees((id) => window.onecouch.state().room.queue[0].id === id, second);

  await lena.page.getByRole("button", { name: "Skip", exact: true }).click();
  const asked = jonas.page.getByRole("group", { name: "Skip this film" });
  await asked.getByText("1 of 2", { exact: true }).waitFor();
  await jonas.shot("vote");
  await lena.shot("vote-light");
  await lena.page.setViewportSize({ width: 390, height: 844 });
  await lena.page.getByRole("tab", { name: /queue/i }).click();
  await lena.page.getByRole("button", { name: /^Vote for/ }).last().waitFor();
  await lena.shot("vote-phone");
  await asked.getByRole("button", { name: "Yes" }).click();
  for (const person of [jonas, lena]) await person.sees((id) => window.onecouch.state().room.current?.id === id, second);
  await asked.waitFor({ state: "detached" });
  await Promise.all([jonas.plays(), lena.plays()]);
  await jonas.leaves();
  await lena.leaves();
});
