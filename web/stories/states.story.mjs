// Every state that the page can be in, as axe sees it: dark and light, on a desk and on a phone.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, afterEach, before, test } from "node:test";
import { fakeProviders } from "./fakes.mjs";
import { Person, openBrowser, openStage } from "./stage.mjs";

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const THEMES = ["dark", "light"];
const TITLES = ["Cosmos Laundromat", "Tears of Steel", "Spring", "Sherlock Jr., with a title that is longer than any row of any queue is wide"];

let stage;
let browser;
/** What axe found in the story that runs. */
let barriers = [];

before(async () => {
  stage = await openStage();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await stage?.close();
});

// All of them at once: one that is mended shows no further one then.
afterEach(() => {
  const found = barriers.splice(0);
  assert.ok(found.length === 0, `${found.length} states have barriers\n${found.join("\n")}`);
});

async function ask(token, method, path, body) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${stage.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? null : JSON.parse(text).data;
}

const guest = async (name) => (await ask(null, "POST", "/sessions", { name })).token;

/** Somebody's browser, signed in where there is a token. */
async function comes(name, token, options) {
  const person = await Person.comes(browser, name, options);
  Object.assign(person, { token, phone: options === PHONE });
  if (token) await person.context.addInitScript((secret) => localStorage.setItem("onecouch.token", secret), token);
  return person;
}

const enters = async (person, room, query = "") => {
  await person.page.goto(`${stage.url}/r/${room.id}${query}`);
  await person.sees(() => window.onecouch?.state()?.room != null && document.querySelector(".composer") !== null);
};

/** A room with Maya at a desk and Noor, who helps her, at a phone; `paused` where its film is not what is looked at. */
async function couch(settings = {}, { paused = true } = {}) {
  const [first, second] = await Promise.all([guest("Maya"), guest("Noor")]);
  const room = await ask(first, "POST", "/rooms", { title: "Friday film club", url: stage.film, ready_start: false, ...settings });
  await ask(second, "POST", `/invites/${room.invite}/join`, {});
  if (paused) await ask(first, "POST", `/rooms/${room.id}/playback/pause`);
  const maya = await comes("Maya", first, DESK);
  const noor = await comes("Noor", second, PHONE);
  const both = [maya, noor];
  await Promise.all(both.map((one) => enters(one, room)));
  noor.id = (await ask(second, "GET", "/sessions/current")).id;
  await ask(first, "PUT", `/rooms/${room.id}/members/${noor.id}/role`, { role: "cohost" });
  await noor.sees(() => window.onecouch.state().you.role === "cohost");
  return {
    room, maya, noor, both,
    host: (method, path, body) => ask(first, method, `/rooms/${room.id}${path}`, body),
    leave: () => Promise.all(both.map((person) => person.leaves())),
  };
}

/** As the settings put a theme on, without going there. */
const wears = (person, theme) => person.page.evaluate((name) => {
  localStorage.setItem("onecouch.theme", name);
  document.documentElement.dataset.theme = name;
}, theme);

/** What is wider than its place, so that it is cut off or scrolls sideways. */
const sticksOut = (person) => person.page.evaluate(() =>
  [...document.querySelectorAll("html, dialog[open], dialog[open] .dialog-in, .panel .scroll, .tabpanel")]
    .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => `${box.localName}.${box.className}`));

/** axe looks at the state that somebody's page is in, in both themes; a picture of each where pictures are wanted. */
async function looks(person, state) {
  const wide = await sticksOut(person);
  if (wide.length > 0) barriers.push(`${person.name} sees what is wider than its place (${state}): ${wide.join(", ")}`);
  for (const theme of THEMES) {
    await wears(person, theme);
    const place = person.phone ? "phone" : "desk";
    await person.axe(`${state}, ${theme}, ${place}`, { colours: theme !== THEMES[0] }).catch((error) => barriers.push(error.message));
    if (process.env.PICTURES) await person.shot(`state-${state.replaceAll(/\W+/g, "-")}-${place}-${theme}`);
  }
}

const escape = (person) => person.page.keyboard.press("Escape");
const nothing = () => undefined;

/** Each of them brings their page into a state, axe looks, and they leave it again. */
const each = (people, state, open, leave = nothing) => Promise.all(people.map(async (person) => {
  await open(person);
  await looks(person, state);
  await leave(person);
}));

const button = (person, name) => person.page.getByRole("button", { name, exact: true });
const dialog = (person) => person.page.getByRole("dialog");
const gone = (person) => dialog(person).last().waitFor({ state: "detached" });
const tab = (person, name) => person.page.getByRole("tab", { name }).click();
const choose = async (person, menu, word) => {
  await button(person, menu).click();
  await person.page.getByRole("menuitem", { name: word }).click();
};
/** Closes a dialog by Escape. */
const shuts = async (person) => {
  await escape(person);
  await gone(person);
};
/** Closes a menu by Escape. */
const folds = async (person) => {
  await escape(person);
  await person.page.getByRole("menu").waitFor({ state: "detached" });
};
test("the film: what lies over it while it plays, waits, fails, ends and opens later", async () => {
  const { room, maya, noor, both, host, leave } = await couch();
  await each(both, "room paused", (one) => one.stands());
  await host("POST", "/playback/play");
  await each(both, "room playing", (one) => one.plays());
  await host("POST", "/playback/pause");
  await Promise.all(both.map((one) => one.stands()));
  await each(both, "captions menu", (one) => one.page.getByRole("button", { name: "Captions", exact: true }).click(), escape);
  await each(both, "captions that are none", async (one) => {
    await button(one, "Captions").click();
    await one.page.locator("input[type=file][accept*=srt]").setInputFiles({ name: "none.srt", mimeType: "text/plain", buffer: Buffer.from("nothing") });
    await one.page.getByText("There are no captions in that file.").waitFor();
  }, escape);
  await each([maya], "reactions", (one) => button(one, "More reactions").click(), escape);
  await each([noor], "reactions in the chat", (one) => one.page.locator(".composer-react").click(), escape);
  await each([maya], "theatre with chat", async (one) => {
    await button(one, "Theatre").click();
    await button(one, "Chat over the film").click();
    await one.page.getByLabel("Message", { exact: true }).waitFor();
  }, (one) => button(one, "Theatre").click());

  // What only passes by: a word over the film, a no, a vote.
  await host("PATCH", "", { vote_skip: true, vote_percent: 100 });
  await host("POST", "/playback/skip");
  await each(both, "a vote under the film", (one) => one.page.getByRole("group", { name: "Skip this film" }).waitFor());
  await each(both, "a word over the film", async (one) => {
    await one.page.locator("body").press("c");
    await one.page.getByText("This film has no captions.").waitFor();
  }, (one) => one.page.locator(".notice").getByRole("button", { name: "Close" }).click());

  await host("PATCH", "", { vote_skip: false });
  // The film does not come: there is nothing at its link.
  await host("POST", "/queue", { url: `${stage.web}files/noise.mp4`, title: "Noise", spot: "now" });
  await each(both, "a film that fails", (one) => one.page.getByRole("heading", { name: "This video cannot be played here" }).waitFor());
  await Promise.all(both.map((one) => fakeProviders(one.context)));
  await host("POST", "/queue", { url: "https://vimeo.com/76979871", spot: "now" });
  await each(both, "consent", (one) => one.page.getByRole("heading", { name: "This film comes from Vimeo" }).waitFor());
  await each(both, "somebody else's player", async (one) => {
    await button(one, "Load Vimeo").click();
    await one.page.frameLocator("iframe.film").locator("#at").waitFor();
  });

  await host("DELETE", "/queue");
  await host("POST", "/playback/skip");
  await each(both, "the end", (one) => one.page.getByRole("heading", { name: "The end" }).waitFor());
  const start = Date.now() + 3_600_000;
  await host("PUT", "/schedule", { start, end: null });
  await host("PUT", "/coming/me");
  await each(both, "countdown", (one) => one.page.getByRole("timer").waitFor());
  await host("PUT", "/schedule", { start: null, end: null });
  await host("PUT", "/status", { status: "live" });
  await enters(noor, room, "?chat");
  await each([noor], "companion with nothing on", (one) => one.page.getByText("Add something in the queue.").waitFor());
  await host("POST", "/queue", { url: stage.film });
  await each([noor], "companion", (one) => one.page.locator(".companion-bar").waitFor());
  await leave();
});

test("the film: nothing is on, and what waits was left by others", async () => {
  const { both, leave } = await couch({ url: undefined }, { paused: false });
  await each(both, "nothing on", (one) => one.page.getByRole("heading", { name: "What shall we watch?" }).waitFor());
  await each(both, "a link that is refused", async (one) => {
    await one.page.getByLabel("Link to a video").fill("ftp://films.example/a.mp4");
    await one.page.getByLabel("Link to a video").press("Enter");
    await one.page.locator(".stage").getByRole("alert").filter({ hasText: /./ }).first().waitFor();
  });
  await each(both, "queue, nothing on", async (one) => {
    await tab(one, "Queue");
    await one.page.getByText("Nothing waits.").waitFor();
  });
  await each(both, "history, nothing played", async (one) => {
    await choose(one, "More for the queue", "Played before");
    await one.page.getByText("Nothing was played here yet.").waitFor();
  }, (one) => button(one, "Back to the queue").click());
  await each(both, "playlists, none", async (one) => {
    await choose(one, "More for the queue", "Playlists");
    await one.page.getByText("You have no playlist yet.").waitFor();
  });
  await leave();
});

test("the chat: lines, what can be done with them, commands, veils and holds", async () => {
  const { room, both, maya, noor, host, leave } = await couch();
  await each(both, "chat, nothing said", (one) => one.page.getByText("Nobody has written yet.").waitFor());
  const lena = await guest("Lena");
  await ask(lena, "POST", `/invites/${room.invite}/join`, {});
  const says = (token, text) => ask(token, "POST", `/rooms/${room.id}/chat`, { text });
  await host("POST", "/playback/seek", { position_ms: 40_000 });
  await says(lena, "the dragon is her friend");
  await host("POST", "/playback/seek", { position_ms: 0 });
  await says(maya.token, "@Noor see https://films.example/sintel");
  await says(noor.token, "@Maya a line of mine");
  await says(lena, "well said");
  await host("POST", "/reactions", { emoji: "❤️" });
  await each(both, "chat, lines and a veil", async (one) => {
    await one.page.getByRole("button", { name: /which you have not seen yet/ }).waitFor();
    await one.page.locator(".burst").waitFor();
  });
  await each(both, "chat, what can be done with a line", async (one) => {
    await one.page.locator(".line", { hasText: "well said" }).click();
    await button(one, "Answer Lena").waitFor();
  });
  await each(both, "chat, before a line is deleted", async (one) => {
    await one.page.locator(".line-acts").getByRole("button", { name: "Delete" }).click();
    await button(one, "Delete it?").waitFor();
  });
  await each(both, "chat, a line is reworded", async (one) => {
    await one.page.getByLabel("Message", { exact: true }).press("ArrowUp");
    await one.page.getByLabel("How it shall read").waitFor();
  }, (one) => one.page.getByLabel("How it shall read").press("Escape"));
  for (const [state, text, word] of [["commands", "/s", "/seek"], ["choices of a command", "/kick ", "@"], ["names", "hello @", "@"]]) {
    await each(both, `chat, ${state}`, async (one) => {
      const box = one.page.getByLabel("Message", { exact: true });
      await box.fill(text);
      await box.focus();
      await one.page.getByRole("option", { name: new RegExp(word) }).first().waitFor();
    }, (one) => one.page.getByLabel("Message", { exact: true }).fill(""));
  }
  await each(both, "chat, an answer for these eyes alone", async (one) => {
    await one.writes("/seek somewhere");
    await one.page.locator(".aside").waitFor();
  });
  // Who is muted, and who waits in slow mode.
  await host("PUT", `/members/${noor.id}/role`, { role: "guest" });
  await host("PUT", `/mutes/${noor.id}`, { for_ms: 3_600_000 });
  await each([noor], "chat, muted", (one) => one.page.getByText("You are muted until").waitFor());
  for (let index = 0; index < 30; index += 1) await says(lena, `line ${index}`);
  await maya.page.locator(".line", { hasText: "line 29" }).waitFor();
  await maya.page.locator(".chat").evaluate((log) => log.scrollTo({ top: 0 }));
  await button(maya, "To the newest").waitFor();
  await says(lena, "one that is new");
  await each([maya], "chat, new lines below", (one) => button(one, "1 new line").waitFor());
  await leave();
});

test("the queue: rows, menus, dialogs, lists, and films of this server", async () => {
  const { maya, noor, both, host, leave } = await couch();
  for (const title of TITLES) await host("POST", "/queue", { url: stage.film, title, start_ms: 10_000, end_ms: 30_000 });
  await each(both, "queue", async (one) => {
    await tab(one, /queue/i);
    await one.page.locator(".q").nth(TITLES.length - 1).waitFor();
  });
  await each(both, "queue, menu of a row", (one) => button(one, "More for Spring").click(), folds);
  await each(both, "queue, its menu", (one) => button(one, "More for the queue").click(), folds);
  await each(both, "queue, start and end of a film", async (one) => {
    await choose(one, "More for Spring", "Start, end, subtitles");
    await one.page.getByLabel("Start at").fill("soon");
    await dialog(one).getByRole("button", { name: "Save" }).click();
    await one.page.getByText("soon is not a time.").waitFor();
  }, shuts);
  await each(both, "queue, a pasted list", async (one) => {
    await choose(one, "More for the queue", /Paste a list/);
    await one.page.getByLabel("The list").fill(`${stage.film}\nhttps://films.example/b.mp4`);
    await one.page.getByText("2 links found.").waitFor();
  }, shuts);
  await each(both, "queue, before it is emptied", async (one) => {
    await choose(one, "More for the queue", "Empty the queue");
    await one.page.getByRole("heading", { name: "Empty the queue?" }).waitFor();
  }, shuts);
  const field = (one) => one.page.getByLabel("Add to the queue");
  await each(both, "queue, a link that is recognised", async (one) => {
    await field(one).fill("https://www.youtube.com/watch?v=eRsGyueVLvQ&list=PL1");
    await one.page.getByText("Add the whole list").waitFor();
  });
  await each(both, "queue, a link that is refused", async (one) => {
    await field(one).fill(`${stage.web}broken/404`);
    await field(one).press("Enter");
    await one.page.locator(".tabpanel .no").waitFor();
  }, async (one) => {
    await field(one).fill("");
    await one.page.locator(".tabpanel .no").waitFor({ state: "detached" });
  });
  await button(maya, "More for Cosmos Laundromat").click();
  await maya.page.getByRole("menuitem", { name: "Remove" }).click();
  await each([maya], "queue, to be taken back", (one) => one.page.getByText("Removed Cosmos Laundromat.").waitFor());
  await each(both, "films of this server", async (one) => {
    await button(one, "From this server").click();
    await dialog(one).getByRole("button", { name: "Add Test picture to the queue" }).waitFor();
  });
  await each(both, "films of this server, one refused", async (one) => {
    await one.page.locator("dialog input[type=file]").setInputFiles([
      { name: "notes.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF") },
      { name: "archive.mp4", mimeType: "video/mp4", buffer: Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(9000, 7)]) },
    ]);
    await dialog(one).getByText("notes.pdf is no film", { exact: false }).waitFor();
    await dialog(one).getByText("Browsers cannot play this file.", { exact: false }).waitFor();
  });
  await each(both, "films of this server, none found", async (one) => {
    await one.page.getByLabel("Search films of this server").fill("no such thing");
    await dialog(one).getByText("No film here has these words in its name.", { exact: false }).waitFor();
  }, async (one) => {
    await dialog(one).getByRole("button", { name: "Close" }).click();
    await gone(one);
  });

  await each(both, "playlists, one is open", async (one) => {
    await choose(one, "More for the queue", "Playlists");
    await one.page.getByLabel("Name of the playlist").fill("Rainy days");
    await button(one, "Save the queue").click();
    await one.page.getByText("Saved Rainy days").waitFor();
    await one.page.getByRole("button", { name: /^Rainy days/, expanded: false }).click();
    await one.page.locator(".pl-entries li").first().waitFor();
  });
  await each(both, "playlists, menu of one", (one) => button(one, "More for Rainy days").click(), folds);
  await each(both, "playlists, another name", (one) => choose(one, "More for Rainy days", "Rename"), shuts);
  await each(both, "playlists, before one is deleted", (one) => choose(one, "More for Rainy days", "Delete"), shuts);
  await Promise.all(both.map((one) => button(one, "Back to the queue").click()));
  await host("POST", "/playback/skip");
  await each(both, "history", async (one) => {
    await choose(one, "More for the queue", "Played before");
    await one.page.getByRole("button", { name: /^Add .* again$/ }).first().waitFor();
  }, (one) => button(one, "Back to the queue").click());

  await host("PATCH", "", { queue_mode: "vote" });
  await each(both, "queue by votes", (one) => one.page.getByText("Up next, by votes").first().waitFor());
  // Who may not: everything is there and says who may.
  await host("PATCH", "", { grants: { guest: ["chat"], registered: [], trusted: [], moderator: [] } });
  await host("PUT", `/members/${noor.id}/role`, { role: "guest" });
  await each([noor], "queue for who may not change it", (one) => one.page.locator(".q-go[aria-disabled=true]").first().waitFor());
  await each([noor], "menu of a row for who may not", (one) => button(one, "More for Spring").click(), folds);
  await leave();
});

test("the people: who is here, what may be done about them, and who is kept out; and what was done", async () => {
  const { room, maya, both, host, leave } = await couch();
  const others = await Promise.all(["Lena", "Eve"].map(async (name) => {
    const token = await guest(name);
    await ask(token, "POST", `/invites/${room.invite}/join`, {});
    const other = await comes(name, token, DESK);
    await enters(other, room, "?chat");
    other.id = (await ask(token, "GET", "/sessions/current")).id;
    return other;
  }));
  const ids = others.map((other) => other.id);
  await host("PUT", `/members/${ids[0]}/role`, { role: "trusted" });
  await host("PUT", `/mutes/${ids[0]}`, {});
  await host("PUT", `/bans/${ids[1]}`, { for_ms: 3_600_000, reason: "spoilers" });
  await each(both, "people", async (one) => {
    await tab(one, /people/i);
    await one.page.getByText("spoilers").waitFor();
  });
  await each(both, "people, menu of somebody", (one) => button(one, "What to do about Lena").click(), folds);
  await each(both, "people, menu of oneself", (one) => button(one, "What to do about yourself").click(), folds);
  await each(both, "people, one's own name", (one) => choose(one, "What to do about yourself", "Change my name"), shuts);
  await each(both, "people, before a ban", async (one) => {
    await choose(one, "What to do about Lena", "Ban");
    await one.page.getByLabel("Reason").waitFor();
  }, shuts);
  await each([maya], "people, before the room is handed over", async (one) => {
    await choose(one, "What to do about Lena", "Hand the room over");
    await one.page.getByRole("heading", { name: "Hand the room to Lena?" }).waitFor();
  }, shuts);
  await host("POST", "/queue", { url: stage.film, title: "Spring" });
  await each(both, "activity", async (one) => {
    await tab(one, /activity/i);
    await one.page.getByText("banned Eve").waitFor();
    await button(one, "Undo: added Spring").waitFor();
  });
  await host("DELETE", "/queue");
  await each(both, "activity of a kind", (one) => one.page.getByRole("radio", { name: "Queue" }).click());
  await each([others[1]], "who was banned", (one) => one.page.getByRole("heading", { name: "You are banned from this room" }).waitFor());
  await Promise.all([leave(), ...others.map((other) => other.leaves())]);
});

test("the settings: one's own, the room's, one's account; and what is behind the buttons above the film", async () => {
  const { both, maya, noor, host, leave } = await couch();
  await host("POST", "/invites", { for_ms: 3_600_000, note: "For the neighbours" });
  await host("PATCH", "", { about: "Films on Fridays", colour: "#203040", password: "popcorn", profanity_words: ["plum"] });
  const page = (one, name) => one.page.getByRole("radio", { name }).click();
  await each(both, "settings, one's own", async (one) => {
    await button(one, "Settings").click();
    await one.page.getByRole("switch").first().waitFor();
  });
  await each(both, "settings, the room's", async (one) => {
    await page(one, "This room");
    await one.page.getByText("For the neighbours").waitFor();
    await one.page.getByLabel("Opens", { exact: true }).waitFor();
  });
  await each(both, "settings, one that is refused", async (one) => {
    const picture = one.page.getByRole("textbox", { name: "Picture" });
    await picture.fill("ftp://films.example/a.png");
    await picture.press("Enter");
    const seats = one.page.getByRole("textbox", { name: "How many at once" });
    await seats.fill("one");
    await seats.press("Enter");
    await dialog(one).locator(".no").waitFor();
    await one.page.getByText("A whole number from 2").waitFor();
  });
  for (const part of ["who may do what", "invite links", "schedule", "delete the room"]) {
    await each(both, `settings, ${part}`, async (one) => {
      await one.page.getByLabel("Search the settings").fill(part);
      await one.page.getByRole("heading", { name: /schedule/i }).waitFor({ state: part === "schedule" ? "visible" : "hidden" });
    });
  }
  await each(both, "settings, nothing found", async (one) => {
    await one.page.getByLabel("Search the settings").fill("nothing of this kind");
    await one.page.getByText("No setting speaks of").waitFor();
  });
  const unfolds = (one) => one.page.evaluate(() => { for (const part of document.querySelectorAll("details")) part.open = true; });
  await each(both, "account of a guest", async (one) => {
    await page(one, "Account");
    await one.page.getByText("You are a guest").waitFor();
    await unfolds(one);
  });
  await each(both, "account, a no and a code", async (one) => {
    const form = dialog(one).locator("form").filter({ has: one.page.getByRole("button", { name: "Sign in" }) });
    await form.getByLabel("Username or e-mail").fill("nobody");
    await form.getByLabel("Password").fill("not the password");
    await form.getByRole("button").click();
    await form.locator(".no").waitFor();
    await button(one, "Get a code").click();
    await dialog(one).locator("b.code").waitFor();
  });
  await each(both, "account of somebody known", async (one) => {
    const name = one.phone ? "noor" : "maya";
    await ask(one.token, "POST", "/accounts", { username: name, password: "a long password", email: `${name}@films.example` });
    await ask(null, "POST", "/accounts/login", { user: name, password: "a long password" });
    await page(one, "Yours");
    await page(one, "Account");
    await one.page.getByText(`${name}@films.example`).waitFor();
    await unfolds(one);
  }, shuts);

  await host("PUT", `/members/${noor.id}/role`, { role: "guest" });
  await each([noor], "settings of the room for who may not", async (one) => {
    await button(one, "Settings").click();
    await page(one, "This room");
    await one.page.getByText("Only Maya and co-hosts may do this here").first().waitFor();
  }, shuts);

  await each(both, "menu of the room", (one) => button(one, "Friday film club").click(), folds);
  await each([maya], "the room's name is written anew", async (one) => {
    await button(one, "Friday film club").click();
    await one.page.getByRole("menuitem", { name: "Rename the room" }).click();
    await one.page.getByLabel("Name of the room").waitFor();
  }, (one) => one.page.getByLabel("Name of the room").press("Escape"));
  await each(both, "keys", async (one) => {
    await button(one, "Friday film club").click();
    await one.page.getByRole("menuitem", { name: "Keys" }).click();
    await dialog(one).waitFor();
  }, shuts);
  await each(both, "invite with its QR code", async (one) => {
    await button(one, "Invite").click();
    await button(one, "QR code").click();
    await one.page.getByRole("img", { name: /QR code of the invite/ }).waitFor();
  }, escape);
  await host("POST", "/playback/play");
  await each(both, "health", async (one) => {
    await one.plays();
    await one.page.locator(".pill").click();
    await one.page.locator(".sync-details").waitFor();
  }, escape);

  await stage.stops();
  await each(both, "without a line", (one) => one.page.getByRole("status").filter({ hasText: /reconnecting/i }).waitFor());
  await stage.starts();
  await Promise.all(both.map((one) => one.page.getByText(/reconnecting/i).waitFor({ state: "detached" })));
  await leave();
  assert.ok(noor.phone);
});

test("the ways in: the front door, the invite card, and why a door stays shut", async () => {
  const host = await guest("Maya");
  const makes = (settings) => ask(host, "POST", "/rooms", { title: "Premiere", ...settings });
  const people = [await comes("Ben", null, DESK), await comes("Ben", null, PHONE)];
  const at = (path, ...texts) => async (one) => {
    await one.page.goto(path.startsWith("http") ? path : stage.url + path);
    for (const text of texts) await one.page.getByText(text).first().waitFor();
  };
  await makes({ visibility: "public", url: stage.film });
  await each(people, "front door", at("/", "Premiere"));
  await each(people, "front door, a no", async (one) => {
    await one.page.getByLabel("Link to a video, invite link or code").fill("ftp://films.example/a.mp4");
    await one.page.getByLabel("Link to a video, invite link or code").press("Enter");
    await one.page.getByRole("alert").filter({ hasText: /./ }).waitFor();
  });
  const locked = await makes({ password: "popcorn", url: stage.film });
  await each(people, "front door, a room with a password", async (one) => {
    await one.page.getByLabel("Link to a video, invite link or code").fill(locked.code);
    await one.page.getByLabel("Link to a video, invite link or code").press("Enter");
    await one.page.getByLabel("This room asks for a password").fill("crisps");
    await one.page.getByLabel("This room asks for a password").press("Enter");
    await one.page.getByText("That is not the password").waitFor();
  });
  const open = await makes({ url: stage.film });
  await each(people, "invite card", at(open.invite_url, "Premiere", "Nobody is here yet"));
  await each(people, "invite card, a password", at(locked.invite_url, "This room asks for a password"));
  await each(people, "invite card, none", at("/j/nosuchinvite0000", "This invite does not work"));
  const soon = await makes({});
  await ask(host, "PUT", `/rooms/${soon.id}/schedule`, { start: Date.now() + 5_400_000, end: null });
  await each(people, "invite card, later", at(soon.invite_url, /Opens at/));
  const ended = await makes({});
  await ask(host, "PUT", `/rooms/${ended.id}/status`, { status: "ended" });
  await each(people, "invite card, over", at(ended.invite_url, "This room has ended"));
  const closed = await makes({});
  await ask(host, "PUT", `/rooms/${closed.id}/status`, { status: "disabled" });
  await each(people, "invite card, closed", at(closed.invite_url, "This room is closed"));
  await each(people, "no such page", async (one) => {
    await one.page.evaluate(() => {
      window.history.pushState(null, "", "/nowhere");
      window.dispatchEvent(new window.PopStateEvent("popstate"));
    });
    await one.page.getByText("There is nothing here").waitFor();
  });
  await each(people, "a new password", at("/recover#atokenofamail", "A new password"));
  await each(people, "a new password without its token", at("/recover", "This address is not whole."));
  await each(people, "a room by invitation", at(`/r/${open.id}`, /./), nothing);
  await each(people, "front door with rooms of this browser", async (one) => {
    await one.joins(open.invite_url);
    await one.sees(() => window.onecouch?.state()?.room != null);
    await at("/", "Your rooms")(one);
  });
  await Promise.all(people.map((one) => one.leaves()));
});
