// Whose the room is, who may come in, and its end: all of it by what one clicks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Person, api, browser, enters, opensForStories, stage } from "./stage.mjs";

opensForStories();

/** Jonas's room, with Jonas in it. */
async function opens(settings = {}, options = {}) {
  const { token } = await api("POST", "/sessions", { name: "Jonas" });
  const room = await api("POST", "/rooms", { title: "Friday film club", url: stage.film, ...settings }, token);
  return [room, await enters(room, "Jonas", { token, ...options })];
}

const button = (person, name) => person.page.getByRole("button", { name, exact: true });
const people = (person) => person.page.getByRole("tab", { name: /people/i }).click();
const role = (person, wanted) => person.sees((role) => window.onecouch.state().you?.role === role, wanted);
const dialog = (person) => person.page.getByRole("dialog", { name: "Settings" });

/** The settings of the room, with only those left that speak of something. */
async function settings(person, of) {
  await button(person, "Settings").click();
  await person.page.getByRole("radio", { name: "This room" }).click();
  await person.page.getByLabel("Search the settings").fill(of);
  return dialog(person);
}

const closes = (person) => dialog(person).getByRole("button", { name: "Close", exact: true }).click();

/** What the invite of a room shows to somebody new. */
async function opensLink(name, link, options) {
  const person = await Person.comes(browser, name, options);
  await person.page.goto(link);
  return person;
}

test("a room whose host left for good is claimed by somebody with an account, and by no guest", async () => {
  const [room, jonas] = await opens();
  const lena = await enters(room, "Lena", { theme: "light" });
  const ben = await enters(room, "Ben");
  await people(lena);
  await people(ben);
  assert.equal(await button(lena, "Become the host").count(), 0, "it has a host");
  await api("DELETE", "/people/me", {}, jonas.token);
  await lena.page.getByText("This room has no host").waitFor();
  await lena.axe("a room without a host");
  await button(lena, "Become the host").click();
  await lena.page.locator(".no").getByText(/account/).waitFor();
  await lena.shot("claim-refused");
  await role(lena, "guest");

  await api("POST", "/accounts", { username: "ben", password: "a long password" }, ben.token);
  // The room hears of the account when he comes again.
  await ben.page.reload();
  await people(ben);
  await button(ben, "Become the host").click();
  await role(ben, "host");
  await lena.page.getByText("This room has no host").waitFor({ state: "detached" });
  await lena.page.locator(".people li", { hasText: "Ben" }).getByText("Host", { exact: true }).waitFor();
  await lena.page.getByRole("tab", { name: /activity/i }).click();
  await lena.page.locator(".act li", { hasText: "Ben has a new role: Host" }).waitFor();
  const alone = (await settings(ben, "delete the room")).getByRole("textbox", { name: "Delete the room" });
  assert.equal(await alone.getAttribute("aria-disabled"), "false", "what is the host's alone is his");
  await ben.leaves();
  await lena.leaves();
  await jonas.leaves();
});

test("who hands the room over stays a co-host, and what is the host's alone is the new one's", async () => {
  const [room, jonas] = await opens();
  const lena = await enters(room, "Lena");
  await people(jonas);
  await button(jonas, "What to do about Lena").click();
  await jonas.page.getByRole("menuitem", { name: "Hand the room over" }).click();
  const sure = jonas.page.getByRole("dialog", { name: "Hand the room to Lena?" });
  await sure.getByText("Only Lena can give it back").waitFor();
  await jonas.axe("the question before the hand-over");
  await sure.getByRole("button", { name: "Hand the room over" }).click();
  await role(lena, "host");
  await role(jonas, "cohost");

  // As a co-host he changes settings, and neither deletes the room nor hands it to anybody.
  const his = await settings(jonas, "name of the room");
  await his.getByLabel("Name of the room").fill("Saturday");
  await his.getByLabel("Name of the room").press("Enter");
  await lena.page.getByRole("heading", { name: "Saturday" }).waitFor();
  await jonas.page.getByLabel("Search the settings").fill("delete the room");
  const name = his.getByRole("textbox", { name: "Delete the room" });
  assert.equal(await name.getAttribute("aria-disabled"), "true");
  await his.getByText(/Only Lena/).waitFor();
  await jonas.axe("a co-host at what is the host's alone");
  await jonas.shot("settings-cohost");
  await assert.rejects(api("DELETE", `/rooms/${room.id}`, undefined, jonas.token), /403.*not_allowed/);
  await closes(jonas);
  await button(jonas, "What to do about Lena").click();
  await jonas.page.getByRole("menuitem", { name: "Ban" }).waitFor();
  assert.equal(await jonas.page.getByRole("menuitem", { name: "Hand the room over" }).count(), 0);
  assert.equal(await jonas.page.getByRole("menuitem", { name: "Ban" }).getAttribute("aria-disabled"), "true");
  await jonas.page.keyboard.press("Escape");

  // She gives it back.
  await people(lena);
  await button(lena, "What to do about Jonas").click();
  await lena.page.getByRole("menuitem", { name: "Hand the room over" }).click();
  await lena.page.getByRole("dialog").getByRole("button", { name: "Hand the room over" }).click();
  await role(jonas, "host");
  await role(lena, "cohost");
  await jonas.leaves();
  await lena.leaves();
});

test("a password that was set is asked for at the door and of nobody inside; removed, it is asked for no more", async () => {
  const [room, jonas] = await opens();
  const lena = await enters(room, "Lena", { theme: "light" });
  const row = await settings(jonas, "password");
  await row.getByText("None is set.").waitFor();
  await row.getByLabel("Password", { exact: true }).fill("abc");
  await row.getByRole("button", { name: "Set" }).click();
  await row.locator(".no").getByText(/4/).waitFor();
  assert.equal(await row.getByLabel("Password", { exact: true }).inputValue(), "abc", "what was typed stays");
  await row.getByLabel("Password", { exact: true }).fill("popcorn");
  await row.getByRole("button", { name: "Set" }).click();
  await row.getByText("One is set. It is told to nobody.").waitFor();
  // Once the answer came; that one is set is heard a moment before.
  await jonas.sees(() => document.querySelector('dialog[open] input[type="password"]').value === "");
  await jonas.axe("a room with a password");
  await jonas.shot("settings-password");

  const ben = await opensLink("Ben", room.invite_url);
  await ben.page.getByLabel("Your name").fill("Ben");
  await ben.page.getByLabel("This room asks for a password").fill("crisps");
  await ben.page.getByRole("button", { name: "Join and watch" }).click();
  await ben.page.getByRole("alert").getByText("That is not the password").waitFor();
  await ben.page.getByLabel("This room asks for a password").fill("popcorn");
  await ben.page.getByRole("button", { name: "Join and watch" }).click();
  await ben.sees(() => window.onecouch?.state().room != null);
  assert.ok(await lena.page.evaluate(() => window.onecouch.state().room.has_password), "she is in, and stays in");
  await lena.page.reload();
  await lena.sees(() => window.onecouch?.state().room != null);

  await row.getByRole("button", { name: "Remove" }).click();
  await row.getByText("None is set.").waitFor();
  const eve = await opensLink("Eve", room.invite_url);
  await eve.page.getByLabel("Your name").waitFor();
  assert.equal(await eve.page.getByLabel("This room asks for a password").count(), 0);
  await eve.joins(room.invite_url);
  await eve.sees(() => window.onecouch?.state().room != null);
  for (const person of [jonas, lena, ben, eve]) await person.leaves();
});

test("a deleted room ends for everybody who is in it, and its link leads nowhere", async () => {
  const [room, jonas] = await opens();
  const lena = await enters(room, "Lena");
  const row = await settings(jonas, "delete the room");
  const name = row.getByRole("textbox", { name: "Delete the room" });
  await name.fill("Friday");
  await name.press("Enter");
  await row.locator(".no").getByText("Type it as it stands here: Friday film club").waitFor();
  assert.equal(await name.inputValue(), "Friday");
  assert.ok(await lena.page.evaluate(() => window.onecouch.state().room !== null));
  await jonas.axe("a mistyped name of the room");
  await jonas.shot("settings-delete");
  await name.fill("Friday film club");
  await row.getByRole("button", { name: "Delete for good" }).click();
  for (const person of [lena, jonas]) await person.page.getByRole("heading", { name: "There is no such room" }).waitFor();
  await lena.axe("a room that was deleted while inside");
  await lena.shot("room-deleted");
  await lena.page.goto(room.invite_url);
  await lena.page.getByRole("heading", { name: "This invite does not work" }).waitFor();
  await lena.page.goto(`${stage.url}/r/${room.id}`);
  await lena.page.getByRole("heading", { name: "There is no such room" }).waitFor();
  await jonas.leaves();
  await lena.leaves();
});

test("links are made for a time, copied, renewed and ended, and an ended one says so", async () => {
  const [room, jonas] = await opens({}, { permissions: ["clipboard-read", "clipboard-write"] });
  const row = await settings(jonas, "invite links");
  const links = row.locator(".set-links li");
  await row.getByLabel("What it is for").fill("for the neighbours");
  await row.getByLabel("Good for").selectOption("A week");
  await row.getByRole("button", { name: "Make a link" }).click();
  const theirs = links.filter({ hasText: "for the neighbours" });
  await theirs.getByText(/^good until /).waitFor();
  assert.equal(await links.count(), 2);
  const [made] = (await api("GET", `/rooms/${room.id}/invites`, undefined, jonas.token)).filter((one) => !one.own);
  const days = (made.until - Date.now()) / 86_400_000;
  assert.ok(days > 6.9 && days <= 7, `good for ${days} days`);
  await jonas.axe("links");
  await jonas.shot("settings-invites");

  const copies = async (link, name) => {
    await link.getByRole("button", { name: `Copy: ${name}` }).click();
    await row.getByText("Copied", { exact: true }).waitFor({ state: "attached" });
    return jonas.page.evaluate(() => navigator.clipboard.readText());
  };
  const [extra, own] = [await copies(theirs, "for the neighbours"), await copies(links.first(), "The room's own link")];
  assert.deepEqual([extra, own], [made.url, room.invite_url]);
  const lena = await Person.comes(browser, "Lena");
  await lena.joins(extra);
  await lena.sees(() => window.onecouch?.state().room != null);

  // Ended: nobody comes in by it any more, and who came in by it stays.
  await theirs.getByRole("button", { name: "End" }).click();
  await theirs.waitFor({ state: "detached" });
  const ben = await opensLink("Ben", extra);
  await ben.page.getByRole("heading", { name: "This invite does not work" }).waitFor();
  await ben.page.getByText("It has run out or was taken back. Ask whoever sent it for a new one.").waitFor();

  // Renewed: the old one is none, the new one is another.
  await links.first().getByRole("button", { name: "Renew" }).click();
  await lena.sees((old) => window.onecouch.state().room.invite_url !== old, own);
  await ben.page.goto(own);
  await ben.page.getByRole("heading", { name: "This invite does not work" }).waitFor();
  // The list has the new one as soon as it can be copied.
  await links.first().getByText(await jonas.page.evaluate(() => window.onecouch.state().room.invite_url)).waitFor();
  const renewed = await copies(links.first(), "The room's own link");
  assert.equal(renewed, await lena.page.evaluate(() => window.onecouch.state().room.invite_url));
  await ben.joins(renewed);
  await ben.sees(() => window.onecouch?.state().room != null);
  for (const person of [jonas, lena, ben]) await person.leaves();
});
