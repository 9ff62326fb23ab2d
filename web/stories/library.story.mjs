// Films of this server: found and added, brought with a bar that moves, gone on with after a loss, refused where they are none.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Person, browser, opensForStories, stage } from "./stage.mjs";

const clip = readFileSync(fileURLToPath(new URL("../../assets/demo.mp4", import.meta.url)));

opensForStories();

/** Somebody in a room of their own, with the list of films open. */
async function cinema(name, options) {
  const host = await Person.comes(browser, name, options);
  await host.page.goto(stage.url);
  await host.page.getByLabel("Your name").fill(name);
  const link = host.page.getByPlaceholder("Paste a link to a video");
  await link.fill(stage.film);
  await link.press("Enter");
  await host.page.waitForURL(/\/r\//);
  await host.plays();
  await opens(host);
  return host;
}

async function opens(host) {
  await host.page.getByRole("tab", { name: /queue/i }).click();
  await host.page.getByRole("button", { name: /from this server/i }).click();
  await host.page.getByRole("dialog", { name: "From this server" }).waitFor();
}

const dialog = (host) => host.page.getByRole("dialog");
const brings = (host, files) => host.page.locator("dialog input[type=file]").setInputFiles(files);

test("a film of this server is found by a word, added, and plays with its subtitles known", async () => {
  const maya = await cinema("Maya");
  await maya.page.getByLabel("Search films of this server").fill("picture");
  const row = dialog(maya).getByRole("listitem").filter({ hasText: "Test picture" });
  await row.getByText("1:00").waitFor();
  await row.getByText("Subtitles: en").waitFor();
  await row.getByRole("button", { name: "Add Test picture to the queue" }).click();
  await maya.sees(() => window.onecouch.state().room.queue.some((item) => item.title === "Test picture"));
  await row.getByRole("button", { name: "Test picture is in the queue" }).waitFor();
  await maya.page.getByLabel("Search films of this server").fill("no such thing");
  await dialog(maya).getByText("No film here has these words in its name.", { exact: false }).waitFor();
  await maya.shot("library");
  // Once for the words, once for the list.
  await maya.page.keyboard.press("Escape");
  await row.waitFor();
  await maya.page.keyboard.press("Escape");
  await dialog(maya).waitFor({ state: "detached" });
  const focused = await maya.page.evaluate(() => window.document.activeElement?.textContent);
  assert.match(focused, /From this server/, "the focus is where it was");
  await maya.page.getByRole("button", { name: /skip/i }).last().click();
  await maya.sees(() => window.onecouch.state().room.current?.title === "Test picture");
  await maya.plays();
  await maya.leaves();
});

test("a film is brought with a bar that moves, over a line that breaks, and is deleted by who brought it", async () => {
  const jonas = await cinema("Jonas");
  let broken = 0;
  await jonas.page.route(/\/media\/uploads\/.*offset=[1-9]/, (route) => {
    broken += 1;
    return broken === 1 ? route.abort() : route.continue();
  });
  await brings(jonas, [{ name: "Our holiday.mp4", mimeType: "video/mp4", buffer: clip }]);
  await dialog(jonas).getByText("It is on the server.").waitFor();
  assert.ok(broken > 1, "the line broke, and it went on");
  const row = dialog(jonas).getByRole("list", { name: "Films of this server" }).getByRole("listitem").filter({ hasText: "Our holiday" });
  await row.getByText("1:00").waitFor();
  await jonas.shot("library-upload");
  await row.getByRole("button", { name: "Delete Our holiday from this server" }).click();
  await row.getByRole("button", { name: "Delete", exact: true }).click();
  await row.waitFor({ state: "detached" });
  await jonas.leaves();
});

test("what is no film is refused with what to take instead, and cancelling leaves nothing", async () => {
  const lena = await cinema("Lena", { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: "light" });
  await brings(lena, [
    { name: "notes.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF") },
    { name: "archive.mp4", mimeType: "video/mp4", buffer: Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(9000, 7)]) },
  ]);
  await dialog(lena).getByText("notes.pdf is no film, sound or subtitles that browsers play.", { exact: false }).waitFor();
  await dialog(lena).getByText("Browsers cannot play this file.", { exact: false }).waitFor();
  await lena.shot("library-refused-phone");
  await dialog(lena).getByRole("button", { name: "Take archive.mp4 off this list" }).click();

  await lena.page.route(/\/media\/uploads\/.*offset=[1-9]/, () => undefined);
  await brings(lena, [{ name: "long.mp4", mimeType: "video/mp4", buffer: clip }]);
  await dialog(lena).getByRole("progressbar", { name: /long\.mp4/ }).waitFor();
  await dialog(lena).getByRole("button", { name: "Cancel the upload of long.mp4" }).click();
  await dialog(lena).getByRole("progressbar").waitFor({ state: "detached" });
  const uploads = await lena.page.evaluate(async () => (await (await fetch("/api/v1/media/uploads")).json()).data.uploads);
  assert.deepEqual(uploads, []);
  await lena.leaves();
});
