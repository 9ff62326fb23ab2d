// The way in: the landing page, the invite card in all its states, the invite menu, languages, keys, and no network.

import assert from "node:assert/strict";
import { test } from "node:test";
import decodeQr from "qr/decode.js";
import { Person, api, browser, opensForStories, stage, until } from "./stage.mjs";

opensForStories();

const guest = async (name) => (await api("POST", "/sessions", { name })).token;

/** Every look that a page must stand: both themes, narrow and wide. */
const LOOKS = ["dark", "light"].flatMap((theme) => [[theme, 375, 740], [theme, 1280, 800]]);

async function inLook([theme, width, height], name = "Ben") {
  const person = await Person.comes(browser, name, { viewport: { width, height } });
  await person.page.addInitScript((value) => localStorage.setItem("onecouch.theme", value), theme);
  return person;
}

/** Nothing of the page is wider than the window. */
const fits = (person) => person.page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

test("the landing page has no barrier, whatever the look", async () => {
  const token = await guest("Maya");
  await api("POST", "/rooms", { title: "Open to all", visibility: "public", url: stage.film }, token);
  for (const look of LOOKS) {
    const ben = await inLook(look);
    await ben.page.goto(stage.url);
    await ben.page.getByText("Open to all").first().waitFor();
    await ben.axe(`landing, ${look}`);
    assert.ok(await fits(ben), `nothing sticks out at ${look}`);
    await ben.shot(`landing-${look[0]}-${look[1]}`);
    await ben.leaves();
  }
});

test("what is pasted is recognised at once, and a no stands beside the field", async () => {
  const ben = await Person.comes(browser, "Ben");
  const maya = await guest("Maya");
  const room = await api("POST", "/rooms", { title: "Film club" }, maya);
  await ben.page.goto(stage.url);
  const field = ben.page.getByLabel("Link to a video, invite link or code");
  for (const [text, seen, button] of [
    ["https://youtu.be/dQw4w9WgXcQ", "A video on YouTube.", "Start a room"],
    ["films.example/sintel.webm", "A file at films.example.", "Start a room"],
    [room.invite_url, "An invite. Next you see who is there.", "Join"],
    [`${room.code.slice(0, 3)} ${room.code.slice(3)}`, "A room's code.", "Join"],
    ["ftp://films.example/a.mp4", "Only links that begin with https:// can be watched.", "Start a room"],
  ]) {
    await field.fill(text);
    await ben.page.getByText(seen, { exact: true }).waitFor();
    await ben.page.getByRole("button", { name: button, exact: true }).waitFor();
  }
  await field.press("Enter");
  await ben.page.getByRole("alert").getByText("Paste another one").waitFor();
  await ben.axe("landing with a refusal");

  // The code lets in, and the name is the one that was typed.
  await ben.page.getByLabel("Your name").fill("Ben");
  await field.fill(room.code.toLowerCase().replace(/^.../, "$& "));
  await field.press("Enter");
  await ben.page.waitForURL(`**/r/${room.id}`);
  await ben.sees(() => window.onecouch?.state().you?.name === "Ben");

  // The room is among those of this browser, and is forgotten when asked to.
  await ben.page.goto(stage.url);
  assert.equal(await ben.page.getByLabel("Your name").count(), 0, "who is known is not asked again");
  await ben.page.getByRole("link", { name: /Film club/ }).waitFor();
  await ben.page.getByRole("button", { name: "Forget Film club" }).click();
  await ben.page.getByRole("link", { name: /Film club/ }).waitFor({ state: "detached" });
  await ben.leaves();
});

test("open rooms come a page at a time, those with people first", async () => {
  const maya = await Person.comes(browser, "Maya");
  const token = await guest("Noor");
  const busy = await api("POST", "/rooms", { title: "Somebody is here", visibility: "public", url: stage.film }, token);
  for (let n = 0; n < 9; n += 1) await api("POST", "/rooms", { title: `Quiet ${n}`, visibility: "public" }, await guest(`Host ${n}`));
  await maya.joins(busy.invite_url);
  await maya.plays();
  const ben = await Person.comes(browser, "Ben");
  await ben.page.goto(stage.url);
  const rows = ben.page.locator(".open-row");
  await rows.first().getByText("1 watching").waitFor();
  assert.match(await rows.first().innerText(), /Somebody is here/);
  const before = await rows.count();
  await ben.page.getByRole("button", { name: "More rooms" }).click();
  await until("more rooms", () => rows.count(), (count) => count > before);
  await rows.first().click();
  await ben.page.getByLabel("Your name").fill("Ben");
  await ben.page.getByRole("button", { name: "Join and watch" }).click();
  await ben.plays();
  await ben.leaves();
  await maya.leaves();
});

test("what another program shares goes into a room of this browser", async () => {
  const ben = await Person.comes(browser, "Ben");
  await ben.starts(stage.url, stage.film);
  await ben.plays();
  const id = await ben.page.evaluate(() => window.onecouch.state().room.id);
  await ben.page.goto(`${stage.url}/?share_title=Clip&share_text=${encodeURIComponent(`Look: ${stage.film}`)}`);
  assert.equal(await ben.page.getByLabel("Link to a video, invite link or code").inputValue(), stage.film);
  assert.equal(new URL(ben.page.url()).search, "", "a reload shares nothing again");
  await ben.page.getByRole("button", { name: /Add here/ }).click();
  await ben.page.waitForURL(`**/r/${id}`);
  await ben.sees(() => window.onecouch?.state().room?.queue.length === 1);
  await ben.leaves();
});

test("the invite card has no barrier, one click lets in, and a reload asks nothing", async () => {
  const token = await guest("Maya");
  const room = await api("POST", "/rooms", { title: "Friday film club", url: stage.film }, token);
  const maya = await Person.comes(browser, "Maya");
  await maya.joins(room.invite_url);
  await maya.plays();
  for (const look of LOOKS) {
    const ben = await inLook(look);
    await ben.page.goto(room.invite_url);
    await ben.page.getByText("Maya is here").waitFor();
    await ben.axe(`invite card, ${look}`);
    assert.ok(await fits(ben), `nothing sticks out at ${look}`);
    await ben.shot(`join-${look[0]}-${look[1]}`);
    await ben.leaves();
  }
  const ben = await Person.comes(browser, "Ben");
  await ben.joins(room.invite_url);
  await ben.plays();
  await ben.page.reload();
  await ben.plays();
  assert.equal(await ben.page.evaluate(() => window.onecouch.state().you.name), "Ben");
  await ben.leaves();
  await maya.leaves();
});

test("who only wants to talk joins without the film", async () => {
  const room = await api("POST", "/rooms", { title: "Talk", url: stage.film }, await guest("Maya"));
  const ben = await Person.comes(browser, "Ben");
  await ben.page.goto(room.invite_url);
  await ben.page.getByLabel("Your name").fill("Ben");
  await ben.page.getByRole("button", { name: "Chat only, no video" }).click();
  await ben.page.getByRole("button", { name: "Join the chat" }).click();
  await ben.page.waitForURL(/\/r\/.*\?chat$/);
  await ben.sees(() => window.onecouch?.state().room?.here.some((one) => one.name === "Ben" && !one.watches));
  await ben.leaves();
});

test("every state of an invite says what it is and what to do", async () => {
  const token = await guest("Maya");
  const ben = await Person.comes(browser, "Ben");
  const shows = async (state, link, ...texts) => {
    await ben.page.goto(link);
    for (const text of texts) await ben.page.getByText(text).first().waitFor();
    await ben.axe(state);
    await ben.shot(`join-state-${state}`);
  };
  const makes = (settings) => api("POST", "/rooms", { title: "Premiere", ...settings }, token);

  await shows("wrong", `${stage.url}/j/nosuchinvite0000`, "This invite does not work", "It has run out or was taken back.", "To the start page");

  const locked = await makes({ password: "popcorn", url: stage.film });
  await shows("password", locked.invite_url, "This room asks for a password");
  await ben.page.getByLabel("Your name").fill("Ben");
  await ben.page.getByLabel("This room asks for a password").fill("crisps");
  await ben.page.getByRole("button", { name: "Join and watch" }).click();
  await ben.page.getByRole("alert").getByText("That is not the password").waitFor();
  await ben.page.getByLabel("This room asks for a password").fill("popcorn");
  await ben.page.getByLabel("This room asks for a password").press("Enter");
  await ben.page.waitForURL(/\/r\//);
  await ben.sees(() => window.onecouch?.state().room != null);

  const soon = await makes({});
  await api("PUT", `/rooms/${soon.id}/schedule`, { start: Date.now() + 90 * 60_000, end: null }, token);
  await shows("soon", soon.invite_url, /Opens at/, /in 1 hour 2\d minutes|in 1 hour 30 minutes/, "Come in");

  const ended = await makes({});
  await api("PUT", `/rooms/${ended.id}/status`, { status: "ended" }, token);
  await shows("ended", ended.invite_url, "This room has ended", "You can come in and write.");

  const closed = await makes({});
  await api("PUT", `/rooms/${closed.id}/status`, { status: "disabled" }, token);
  await shows("closed", closed.invite_url, "This room is closed", "Look again");

  const full = await makes({ capacity: 2 });
  const other = await Person.comes(browser, "Lena");
  await other.joins(full.invite_url);
  await other.sees(() => window.onecouch?.state().room != null);
  const card = () => api("GET", `/invites/${full.invite_url.split("/j/")[1]}`, undefined, token);
  await until("a full room", card, (said) => said.full);
  await shows("full", full.invite_url, "Every seat is taken", "You can come in when somebody has left.");
  await ben.page.getByRole("button", { name: "Join and watch" }).click();
  await ben.page.getByRole("heading", { name: "Every seat is taken" }).waitFor();
  await ben.axe("room is full");
  await other.leaves();
  await ben.page.getByRole("button", { name: "Try again" }).click();
  await ben.sees(() => window.onecouch?.state().room != null);

  const strict = await makes({});
  await ben.joins(strict.invite_url);
  const person = await ben.sees(() => window.onecouch?.state().you?.person).then((handle) => handle.jsonValue());
  await api("PUT", `/rooms/${strict.id}/bans/${person}`, {}, token);
  await ben.page.getByRole("heading", { name: "You are banned from this room" }).waitFor();
  await ben.axe("banned while inside");
  await ben.page.goto(strict.invite_url);
  await ben.page.getByRole("button", { name: "Join and watch" }).click();
  await ben.page.getByRole("heading", { name: "You are banned from this room" }).waitFor();

  const revoked = await makes({});
  const extra = await api("POST", `/rooms/${revoked.id}/invites`, { for_ms: 3_600_000 }, token);
  await shows("further", extra.url, "Premiere");
  await api("DELETE", `/rooms/${revoked.id}/invites/${extra.token}`, undefined, token);
  await shows("revoked", extra.url, "This invite does not work");
  await ben.leaves();
});

test("the invite is copied, photographed and shared", async () => {
  const maya = await Person.comes(browser, "Maya", { permissions: ["clipboard-read", "clipboard-write"] });
  await maya.starts(stage.url, stage.film);
  await maya.plays();
  const link = () => maya.page.evaluate(() => window.onecouch.state().room.invite_url);
  const first = await link();
  await maya.page.getByRole("button", { name: "Invite", exact: true }).click();
  await maya.page.getByRole("button", { name: "Copy", exact: true }).click();
  await maya.page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await maya.page.evaluate(() => navigator.clipboard.readText()), first);

  await maya.page.getByRole("button", { name: "QR code", exact: true }).click();
  const picture = maya.page.getByRole("img", { name: /QR code of the invite/ });
  await picture.waitFor();
  await maya.axe("invite menu");
  await maya.shot("invite");
  // Read back as a camera would: from its pixels.
  const pixels = await picture.evaluate(async (svg) => {
    const image = new Image();
    const copy = svg.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", "400");
    copy.setAttribute("height", "400");
    image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 400, height: 400 });
    const brush = canvas.getContext("2d");
    brush.drawImage(image, 0, 0, 400, 400);
    return [...brush.getImageData(0, 0, 400, 400).data];
  });
  assert.equal(decodeQr({ width: 400, height: 400, data: new Uint8Array(pixels) }), first);

  const telegram = new URL(await maya.page.getByRole("link", { name: "Telegram" }).getAttribute("href"));
  assert.equal(telegram.origin + telegram.pathname, "https://t.me/share/url");
  assert.equal(telegram.searchParams.get("url"), first);
  await maya.leaves();
});

test("the page speaks the browser's language, and another one at once, without coming in again", async () => {
  const ben = await Person.comes(browser, "Ben", { locale: "de-AT" });
  await ben.page.goto(stage.url);
  await ben.page.getByRole("heading", { name: "Alle sehen dasselbe Bild." }).waitFor();
  assert.equal(await ben.page.evaluate(() => document.documentElement.lang), "de");
  await ben.page.getByPlaceholder("Link zu einem Video einfügen").fill(`${stage.url}/nothing-here`);
  await ben.page.getByRole("button", { name: "Raum starten" }).click();
  // The server's own sentence.
  await ben.page.getByRole("alert").filter({ hasText: /Link|Adresse|Seite/ }).waitFor();
  await ben.page.getByPlaceholder("Link zu einem Video einfügen").fill(stage.film);
  await ben.page.getByRole("button", { name: "Raum starten" }).click();
  await ben.page.waitForURL(/\/r\//);
  await ben.plays();
  const connection = () => ben.page.evaluate(() => window.onecouch.state().you.connection);
  const before = await connection();

  for (const [language, name, tab, settings] of [
    ["ru", "Русский", "Чат", "Настройки"],
    ["zh", "中文", "聊天", "设置"],
    ["es", "Español", "Chat", "Ajustes"],
    ["en", "English", "Chat", "Settings"],
  ]) {
    await ben.page.locator('.topbar [aria-haspopup="dialog"]:has(use[href="#i-settings"])').click();
    await ben.page.locator("select.choice").selectOption({ label: name });
    await ben.axe(`settings in ${language}`);
    await ben.page.keyboard.press("Escape");
    await ben.page.getByRole("button", { name: settings, exact: true }).waitFor();
    await ben.page.getByRole("tab", { name: tab }).first().waitFor();
    assert.ok((await ben.page.evaluate(() => document.documentElement.lang)).startsWith(language));
    await ben.axe(`room in ${language}`);
  }
  assert.equal(await connection(), before, "the line stayed the same");

  // The line knows the language too: a slash command is answered in it.
  await ben.page.getByRole("button", { name: "Settings", exact: true }).click();
  await ben.page.locator("select.choice").selectOption({ label: "Русский" });
  await ben.page.keyboard.press("Escape");
  await ben.page.getByRole("button", { name: "Настройки", exact: true }).waitFor();
  const box = ben.page.locator("#message");
  await box.fill("/seek somewhere");
  await box.press("Enter");
  await ben.page.locator(".aside").filter({ hasText: /[а-я]{3}/ }).waitFor();
  await ben.page.reload();
  await ben.page.getByRole("button", { name: "Настройки", exact: true }).waitFor();
  await ben.leaves();
});

test("by the keyboard alone: from the landing page into the chat, and through the keys", async () => {
  const ben = await Person.comes(browser, "Ben");
  await ben.page.goto(stage.url);
  await ben.page.getByRole("heading", { level: 1 }).waitFor();
  const { keyboard } = ben.page;
  // The field has the focus; its name field is a few steps on.
  await ben.sees(() => document.activeElement?.id === "link");
  await keyboard.type(stage.film);
  for (let steps = 0; steps < 6 && (await ben.page.evaluate(() => document.activeElement?.id)) !== "my-name"; steps += 1) await keyboard.press("Tab");
  await keyboard.type("Ben");
  await keyboard.press("Enter");
  await ben.page.waitForURL(/\/r\//);
  await ben.plays();

  await ben.page.evaluate(() => document.activeElement?.blur());
  await keyboard.press("?");
  const dialog = ben.page.getByRole("dialog", { name: "Keyboard" });
  await dialog.waitFor();
  await ben.axe("list of keys");
  for (let steps = 0; steps < 6; steps += 1) {
    await keyboard.press("Tab");
    const where = await ben.page.evaluate(() => {
      const on = document.activeElement;
      return on === document.body || on.closest("dialog") !== null;
    });
    assert.ok(where, "the focus stays in the dialog");
  }
  await keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await ben.page.evaluate(() => document.activeElement?.blur());
  await keyboard.press("k");
  await ben.stands();
  await keyboard.press("n");
  await ben.sees(() => document.activeElement?.id === "message");
  await keyboard.type("hello k");
  await keyboard.press("Enter");
  await ben.page.getByText("hello k").first().waitFor();
  assert.equal(await ben.page.evaluate(() => window.onecouch.state().room.playback.playing), false, "a k that is typed plays nothing");

  // Switched off, they do nothing; the list that switches them on still opens.
  await ben.page.evaluate(() => document.activeElement?.blur());
  await keyboard.press("?");
  await dialog.getByRole("switch", { name: "Keys of one letter" }).click();
  await keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await ben.page.evaluate(() => document.activeElement?.blur());
  await keyboard.press("k");
  await keyboard.press("?");
  await dialog.waitFor();
  assert.equal(await ben.page.evaluate(() => window.onecouch.state().room.playback.playing), false);
  await dialog.getByRole("switch", { name: "Keys of one letter" }).click();
  await keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await ben.page.evaluate(() => document.activeElement?.blur());
  await keyboard.press("k");
  await ben.plays();
  await ben.leaves();
});

test("the lock screen knows the film, and only what one may do is offered", async () => {
  const maya = await Person.comes(browser, "Maya");
  await maya.starts(stage.url, stage.film);
  await maya.plays();
  const shown = () => maya.page.evaluate(() => ({
    title: navigator.mediaSession.metadata?.title, artist: navigator.mediaSession.metadata?.artist, state: navigator.mediaSession.playbackState,
  }));
  const room = await maya.page.evaluate(() => window.onecouch.state().room.title);
  const seen = await until("the lock screen", shown, (now) => now.state === "playing");
  assert.match(seen.title, /demo/);
  assert.equal(seen.artist, room);
  await maya.leaves();
});

test("without a network the page opens, says so, and keeps nothing for later", async () => {
  const ben = await Person.comes(browser, "Ben");
  await ben.page.goto(stage.url);
  await ben.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const kept = await ben.page.evaluate(async () => {
    const names = await caches.keys();
    const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)));
    return { names, paths: all.flat() };
  });
  assert.equal(kept.names.length, 1);
  assert.ok(kept.paths.includes("/") && kept.paths.some((path) => path.startsWith("/assets/")));
  assert.ok(kept.paths.every((path) => !path.startsWith("/api") && !path.startsWith("/media")), "nothing but the page is kept");

  await ben.context.setOffline(true);
  await ben.page.reload();
  await ben.page.getByRole("status").getByText("No connection").waitFor();
  await ben.axe("landing without a network");
  await ben.page.getByPlaceholder("Paste a link to a video").fill(stage.film);
  await ben.page.getByRole("button", { name: "Start a room" }).click();
  await ben.page.getByRole("alert").getByText("nothing happened").waitFor();
  await ben.page.goto(`${stage.url}/j/nosuchinvite0000`);
  await ben.page.getByRole("heading", { name: "No connection" }).waitFor();
  await ben.page.goto(stage.url);
  await ben.page.getByRole("status").getByText("No connection").waitFor();
  await ben.context.setOffline(false);
  await ben.page.getByRole("status").getByText("No connection").waitFor({ state: "detached" });
  assert.match(ben.page.url(), /\/$/, "no room was made meanwhile");
  await ben.leaves();
});
