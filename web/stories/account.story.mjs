// Who one is: an account made, signed out of and in to, ended elsewhere, linked, saved, and deleted; all of it by what one clicks.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Person, api, browser, enters, opensForStories, stage } from "./stage.mjs";

opensForStories();

const PASSWORD = "a long password";

/** A room of somebody's, who is in it and has an account where `username` says so. */
async function opens(name, { username, ...options } = {}) {
  const { token } = await api("POST", "/sessions", { name });
  if (username) await api("POST", "/accounts", { username, password: PASSWORD }, token);
  const room = await api("POST", "/rooms", { title: "Friday film club", url: stage.film }, token);
  return [room, await enters(room, name, { token, ...options })];
}

/** What the settings say of oneself. */
async function account(person) {
  await person.page.getByRole("button", { name: "Settings", exact: true }).click();
  await person.page.getByRole("radio", { name: "Account" }).click();
  const dialog = person.page.getByRole("dialog", { name: "Settings" });
  await dialog.getByText("What is known of you").waitFor();
  return dialog;
}

/** A part of it, unfolded. */
async function unfolds(dialog, name) {
  const part = dialog.locator("details", { has: dialog.page().locator("summary", { hasText: name }) });
  await part.locator("summary").click();
  return part;
}

const no = (part) => part.locator(".no");
const you = (person, name) => person.sees((wanted) => window.onecouch?.state().you?.name === wanted, name);

test("a guest makes an account, stays who they are, and hears what is wrong with what they typed", async () => {
  await opens("Mia", { username: "taken" }).then(([, mia]) => mia.leaves());
  const [, jonas] = await opens("Jonas");
  const before = await jonas.page.evaluate(() => window.onecouch.state().you.person);
  const dialog = await account(jonas);
  await dialog.getByText("You are a guest").waitFor();
  const form = await unfolds(dialog, "Make an account");
  const make = form.getByRole("button", { name: "Make an account" });
  assert.equal(await make.getAttribute("aria-disabled"), "true", "nothing is typed yet");
  await form.getByLabel("Username").fill("taken");
  await form.getByLabel("New password").fill("short");
  await make.click();
  await no(form).getByText(/8/).waitFor();
  await form.getByLabel("New password").fill(PASSWORD);
  await make.click();
  await no(form).getByText(/has that username already/).waitFor();
  assert.equal(await form.getByLabel("New password").inputValue(), PASSWORD, "what was typed stays");
  await jonas.axe("an account that there is already");
  await form.getByLabel("Username").fill("jonas");
  await make.click();
  await dialog.getByText("Account without an e-mail address").waitFor();
  await dialog.getByText("jonas", { exact: true }).waitFor();
  await jonas.sees(() => window.onecouch.state().you?.role === "host");
  // The same person, under the name of the account.
  await you(jonas, "jonas");
  assert.equal(await jonas.page.evaluate(() => window.onecouch.state().you.person), before);
  await jonas.axe("an account");
  await jonas.shot("account");
  await jonas.leaves();
});

test("signed out, one is nobody here; signed in with the right password, oneself again, in the room that one is in", async () => {
  const [, jonas] = await opens("Jonas", { username: "signs" });
  const dialog = await account(jonas);
  await dialog.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await jonas.page.waitForURL(`${stage.url}/`);
  await assert.rejects(api("GET", "/sessions/current", undefined, jonas.token), /401/);
  assert.equal(await jonas.page.evaluate(() => localStorage.getItem("onecouch.token")), null);

  // As a guest of somebody else's room, to which the account never came.
  const [room, lena] = await opens("Lena");
  await jonas.joins(room.invite_url);
  await jonas.sees(() => window.onecouch?.state().room != null);
  const again = await account(jonas);
  const form = await unfolds(again, "Sign in");
  await form.getByLabel("Username or e-mail").fill("signs");
  await form.getByLabel("Password").fill("a wrong password");
  await form.getByRole("button", { name: "Sign in" }).click();
  await no(form).getByText(/password/i).waitFor();
  await again.getByText("Guest", { exact: true }).waitFor();
  await jonas.axe("a wrong password");
  await form.getByLabel("Password").fill(PASSWORD);
  await form.getByLabel("Password").press("Enter");
  await again.getByText("signs", { exact: true }).waitFor();
  // The account was never in this room; it is now, and the guest that he was is gone from it.
  const { id: me } = await api("GET", "/sessions/current", undefined, await jonas.page.evaluate(() => localStorage.getItem("onecouch.token")));
  await jonas.sees((id) => window.onecouch.state().you?.person === id, me);
  await lena.sees((id) => {
    const others = window.onecouch.state().room.here.filter((one) => one.person !== window.onecouch.state().you.person);
    return others.length === 1 && others[0].person === id;
  }, me);
  await jonas.leaves();
  await lena.leaves();
});

test("where one is signed in is listed, and ended: that browser is signed out at once", async () => {
  const [room, jonas] = await opens("Jonas", { username: "lists" });
  const elsewhere = async () => {
    const { token } = await api("POST", "/accounts/login", { user: "lists", password: PASSWORD });
    return enters(room, "Jonas", { token, theme: "light" });
  };
  const [phone, tablet] = [await elsewhere(), await elsewhere()];
  const dialog = await account(jonas);
  const part = await unfolds(dialog, "Where you are signed in");
  const rows = part.locator("li");
  await rows.nth(2).waitFor();
  assert.equal(await rows.count(), 3);
  assert.equal(await rows.filter({ hasText: "This browser" }).getByRole("button").count(), 0, "one signs out of this one above");
  await jonas.axe("sessions");
  await jonas.shot("account-sessions");
  await rows.filter({ hasText: "Since" }).first().getByRole("button", { name: "Sign out" }).click();
  await rows.nth(2).waitFor({ state: "detached" });
  const ended = (person) => person.page.getByRole("heading", { name: "Come in again" }).waitFor().then(() => person);
  const first = await Promise.any([ended(phone), ended(tablet)]);
  await first.axe("signed out from elsewhere");
  await part.getByRole("button", { name: "Sign out everywhere else" }).click();
  await rows.nth(1).waitFor({ state: "detached" });
  await Promise.all([ended(phone), ended(tablet)]);
  await jonas.sees(() => window.onecouch.state().room !== null);
  for (const person of [jonas, phone, tablet]) await person.leaves();
});

test("a code makes one person of two browsers, and of a browser and Discord", async () => {
  const [room, jonas] = await opens("Jonas", { username: "links" });
  const other = await enters(room, "Visitor", { theme: "light" });
  const dialog = await account(jonas);
  const part = await unfolds(dialog, "Be the same person");
  await part.getByRole("button", { name: "Get a code" }).click();
  const code = (await part.locator(".code").textContent()).replace(" ", "");
  await part.getByText(/^good for (10:00|9:\d\d)$/).waitFor();
  await jonas.axe("a code");
  await jonas.shot("account-code");

  const theirs = await account(other);
  const form = await unfolds(theirs, "Be the same person");
  await form.getByLabel("A code from the other side").fill("ZZZZZZ");
  await form.getByRole("button", { name: "Be one" }).click();
  await no(form).getByText(/code/).waitFor();
  await form.getByLabel("A code from the other side").fill(code);
  await form.getByRole("button", { name: "Be one" }).click();
  await theirs.getByText("links", { exact: true }).waitFor();
  await other.sees(() => window.onecouch.state().you?.role === "host");

  // Typed in Discord: there she is him from now on.
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  const again = await account(jonas);
  const third = await unfolds(again, "Be the same person");
  await third.getByRole("button", { name: "Get a code" }).click();
  const typed = (await third.locator(".code").textContent()).replace(" ", "");
  assert.match(await stage.types(`/link to:${typed}`), /one person on both sides/);
  await again.getByRole("button", { name: "Close", exact: true }).click();
  await (await account(jonas)).getByText("Also you: Discord.").waitFor();
  await jonas.leaves();
  await other.leaves();
});

test("what is known of one is saved as one document, with no secret in it", async () => {
  const [room, jonas] = await opens("Jonas", { username: "saves" });
  await jonas.writes("a line of mine");
  await jonas.page.locator(".line", { hasText: "a line of mine" }).waitFor();
  const part = await unfolds(await account(jonas), "What is known of you");
  const [download] = await Promise.all([jonas.page.waitForEvent("download"), part.getByRole("button", { name: "Save it" }).click()]);
  assert.equal(download.suggestedFilename(), "onecouch.json");
  const text = readFileSync(await download.path(), "utf8");
  const known = JSON.parse(text);
  assert.ok(text.includes("saves") && text.includes(room.id) && text.includes("a line of mine"), Object.keys(known).join());
  for (const secret of [jonas.token, PASSWORD, "$argon2"]) assert.ok(!text.includes(secret), secret);
  await jonas.leaves();
});

test("an account is deleted with its password, a guest by typing their name, and others keep what they did", async () => {
  const [room, jonas] = await opens("Jonas", { username: "deletes" });
  const lena = await enters(room, "Lena", { theme: "light" });
  await lena.writes("a line of hers");
  const his = await unfolds(await account(jonas), "Delete me");
  await his.getByLabel("Password").fill("a wrong password");
  await his.getByRole("button", { name: "Delete me" }).click();
  await no(his).getByText(/password/i).waitFor();
  await his.getByLabel("Password").fill(PASSWORD);
  await his.getByRole("button", { name: "Delete me" }).click();
  await jonas.page.waitForURL(`${stage.url}/`);
  await assert.rejects(api("POST", "/accounts/login", { user: "deletes", password: PASSWORD }), /401.*wrong_login/);
  await lena.page.getByRole("tab", { name: /people/i }).click();
  await lena.page.getByText("This room has no host").waitFor();

  const hers = await unfolds(await account(lena), "Delete me");
  await hers.getByLabel("Type your name to do it").fill("Lina");
  await hers.getByRole("button", { name: "Delete me" }).click();
  await no(hers).getByText("That is not your name here. Type it as it stands above: Lena").waitFor();
  await lena.axe("a mistyped name");
  await lena.shot("account-delete");
  await api("GET", "/people/me", undefined, lena.token);
  await hers.getByLabel("Type your name to do it").fill("Lena");
  await hers.getByRole("button", { name: "Delete me" }).click();
  await lena.page.waitForURL(`${stage.url}/`);
  await assert.rejects(api("GET", "/people/me", undefined, lena.token), /401/);
  const ben = await Person.comes(browser, "Ben");
  await ben.joins(room.invite_url);
  await ben.sees(() => window.onecouch?.state().room != null);
  const left = await ben.page.evaluate(() => JSON.stringify([window.onecouch.state().room.members, window.onecouch.state().room.chat, window.onecouch.state().room.current.added_by.name]));
  assert.ok(!/Jonas|Lena|a line of hers/.test(left) && left.includes("Somebody"), left);
  for (const person of [jonas, lena, ben]) await person.leaves();
});
