// What people write is text wherever the page shows it: titles, names, lines, queue, playlists, subtitles. Nothing of it runs, nothing of it
// becomes an element, and no other site learns by which link somebody came in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeProviders } from "./fakes.mjs";
import { Person, api, browser, enters, opensForStories, stage, until } from "./stage.mjs";

opensForStories();

/** Each would call `hit` where it ran. The first ones fit into a name. */
const PAYLOADS = [
  "<script>hit(1)</script>", "<img src=x onerror=hit(2)>", "<svg onload=hit(3)>", "<b onclick=hit(4)>x</b>", "\"><script>hit(5)</script>",
  "'><img src=x onerror=hit(6)>", "<a href=javascript:hit(7)>x</a>", "javascript:hit(8)", "<iframe srcdoc='<i>'>", "<body onload=hit(10)>",
  "<input autofocus onfocus=hit(11)>", "<video><source onerror=hit(12)>", "<audio src=x onerror=hit(13)>", "<details open ontoggle=hit(14)>",
  "<object data=javascript:hit(15)>", "<embed src=javascript:hit(16)>", "<marquee onstart=hit(17)>", "<math><mtext><script>hit(18)",
  "</title><script>hit(19)</script>", "</script><script>hit(20)</script>", "<!--<img src=--><img src=x onerror=hit(21)>",
  "{{constructor.constructor('hit(22)')()}}", "${hit(23)}", "#{hit(24)}", "<%= hit(25) %>", "&lt;script&gt;hit(26)&lt;/script&gt;",
  "&#60;script&#62;hit(27)&#60;/script&#62;", "\\u003cscript\\u003ehit(28)", "%3Cscript%3Ehit(29)%3C/script%3E", "<scr\u0000ipt>hit(30)</scr\u0000ipt>",
  "<ſcript>hit(31)</ſcript>", "＜script＞hit(32)＜/script＞", "<IMG SRC=X ONERROR=hit(33)>", "<img/src=x/onerror=hit(34)>", "<img src=`x`onerror=hit(35)>",
  "<svg><animate onbegin=hit(36) attributeName=x>", "<svg><a xlink:href=javascript:hit(37)>", "<style>@import 'x'</style>", "<link rel=stylesheet href=//x>",
  "<meta http-equiv=refresh content=0;url=//x>", "<base href=//evil.example/>", "<form action=//evil.example><button>x",
  "<button formaction=javascript:hit(43)>", "<template><script>hit(44)", "<noscript><p title='</noscript><img src=x onerror=hit(45)>'>",
  "<p style=background:url(//x)>", "<table background=javascript:hit(47)>", "data:text/html,<script>hit(48)</script>", "vbscript:hit(49)",
  "jav\tascript:hit(50)", " javascript:hit(51)", "\u0001javascript:hit(52)", "https://x.example/\"onmouseover=hit(53) a=\"",
  "https://x.example/'><script>hit(54)</script>", "[x](javascript:hit(55))", "![x](x \"onerror=hit(56)\")", "<https://x.example onclick=hit(57)>",
  "@everyone <@1> <script>hit(58)</script>", "\u202e>tpircs/<)95(tih>tpircs<", "__proto__", "constructor", "<x onpointerenter=hit(62)>x",
  "<dialog open onclose=hit(63)>", "<img srcset='x 1x' onerror=hit(64)>", "<iframe src=javascript:parent.hit(65)>", "';hit(66);//", "\");hit(67);//",
  "<a href=\"//evil.example\" target=_blank>x</a>", "</textarea><script>hit(69)</script>", "<svg><script href=data:,hit(70) />",
];

/** In each page before anything of it: what runs is noted, and so is what the policy stopped. */
const WATCH = () => {
  window.hits = [];
  window.stopped = [];
  window.hit = (what) => window.hits.push(String(what));
  for (const name of ["alert", "confirm", "prompt"]) window[name] = (what) => window.hits.push(`${name} ${what}`);
  document.addEventListener("securitypolicyviolation", (event) => window.stopped.push(`${event.violatedDirective}: ${event.blockedURI}`));
};

/** Nothing ran, nothing was stopped, and no element is there that a text could have made. */
async function isUnharmed(person, where) {
  const seen = await person.page.evaluate(() => {
    const outerHTML = (node) => node.outerHTML.slice(0, 120);
    const within = [...document.body.querySelectorAll("*")];
    const handlers = within.filter((node) => [...node.attributes].some((one) => /^on/i.test(one.name)));
    const foreign = within.filter((node) => /^(script|object|embed|base|meta|link|style|marquee|math|frame|body)$/i.test(node.localName) && !node.closest("noscript"));
    const links = [...document.querySelectorAll("a[href], area[href], [formaction], form[action]")].filter((node) => {
      const url = node.getAttribute("href") ?? node.getAttribute("formaction") ?? node.getAttribute("action");
      return !/^(https?:)$/.test(new URL(url, location.href).protocol);
    });
    const blank = [...document.querySelectorAll("a[target=_blank]")].filter((node) => !/noopener|noreferrer/.test(node.rel));
    const outside = [...document.querySelectorAll("script[src], link[href], iframe[src]")]
      .filter((node) => new URL(node.src ?? node.href, location.href).hostname.endsWith("evil.example"));
    return {
      hits: window.hits, stopped: window.stopped, handlers: handlers.map(outerHTML), foreign: foreign.map(outerHTML),
      links: links.map(outerHTML), blank: blank.map(outerHTML), outside: outside.map(outerHTML),
      base: document.querySelectorAll("base").length, title: document.title,
    };
  });
  const nothing = { hits: [], stopped: [], handlers: [], foreign: [], links: [], blank: [], outside: [], base: 0 };
  const { title, ...rest } = seen;
  assert.deepEqual(rest, nothing, `${where}: ${title}`);
}

const tab = (person, name) => person.page.getByRole("tab", { name }).click();

/** A room that means harm with all that people can write into it. */
async function hostileRoom() {
  const { token } = await api("POST", "/sessions", { name: PAYLOADS[0] });
  const settings = { title: `${PAYLOADS[19]}${PAYLOADS[1]}`, about: PAYLOADS.join(" ").slice(0, 3900), visibility: "public", duplicates: true, ready_start: false };
  const room = await api("POST", "/rooms", { ...settings, url: `${stage.web}files/demo.mp4` }, token);
  const may = (method, path, body, as = token) => api(method, `/rooms/${room.id}${path}`, body, as);
  // Each line is said by somebody who is called so, as far as a name is taken.
  for (const payload of PAYLOADS) {
    const guest = await api("POST", "/sessions", { name: payload.slice(0, 40) }).catch(() => api("POST", "/sessions", { name: "Eve" }));
    await api("POST", `/invites/${room.invite}/join`, {}, guest.token);
    await may("POST", "/chat", { text: payload }, guest.token).catch((no) => assert.match(no.message, /400/, payload));
  }
  for (const [number, payload] of PAYLOADS.entries()) {
    const film = { url: `${stage.web}files/demo.mp4?${number}=${encodeURIComponent(payload).slice(0, 200)}`, title: payload };
    await may("POST", "/queue", film).catch((no) => assert.match(no.message, /400|422/, payload));
  }
  await may("POST", "/playlists", { name: PAYLOADS[1], from_room: room.id }).catch(() => undefined);
  await may("POST", "/playlists", { name: PAYLOADS[18], from_room: room.id }).catch(() => undefined);
  for (const bad of ["javascript:hit(71)", "data:text/html,<script>hit(72)</script>", "vbscript:hit(73)"]) {
    await assert.rejects(may("PATCH", "", { picture: bad }), /400|422/, `picture takes ${bad}`);
    // These are words of whoever streams, which the room keeps as they are: the page must make no link of them.
    for (const field of ["stream_url", "source_url", "record_url"]) await may("PATCH", "", { [field]: bad }).catch(() => undefined);
    await assert.rejects(may("POST", "/queue", { url: bad }), /400|422/);
  }
  return { ...room, token };
}

test("sixty texts that mean harm are shown as they were written wherever the page shows any", async () => {
  assert.ok(PAYLOADS.length >= 60);
  const room = await hostileRoom();
  for (const theme of ["dark", "light"]) {
    const ana = await Person.comes(browser, "Ana");
    ana.page.on("dialog", (dialog) => {
      ana.troubles.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await ana.context.addInitScript(WATCH);
    // Subtitles, as a server that was taken over would send them.
    const cues = PAYLOADS.map((payload, n) => `00:00:0${n % 10}.000 --> 00:00:59.000\n${payload.replaceAll("-->", "->")}\n`).join("\n");
    await ana.page.route(/subtitles\.vtt/, (route) => route.fulfill({ contentType: "text/vtt", body: `WEBVTT\n\n${cues}` }));
    await ana.context.addInitScript(([token, theme]) => {
      localStorage.setItem("onecouch.token", token);
      localStorage.setItem("onecouch.theme", theme);
    }, [room.token, theme]);

    await ana.page.goto(stage.url);
    await ana.page.getByText(PAYLOADS[1]).first().waitFor();
    await isUnharmed(ana, "the landing page with its list of rooms");

    await ana.page.goto(`${stage.url}/r/${room.id}`);
    await ana.sees(() => window.onecouch?.state()?.room != null);
    await ana.page.locator(".line", { hasText: "hit(69)" }).first().waitFor();
    const said = await ana.page.locator(".line").allTextContents();
    assert.ok(said.some((line) => line.includes("</textarea><script>hit(69)</script>")), "a line reads as it was written");
    await isUnharmed(ana, "the chat");
    assert.ok((await ana.page.title()).includes("<img src=x onerror=hit(2)>"), await ana.page.title());

    await tab(ana, /people/i);
    await ana.page.locator("#people").getByText(PAYLOADS[0]).first().waitFor();
    await isUnharmed(ana, "the people");
    await tab(ana, /queue/i);
    await ana.page.locator("#queue").getByText("</textarea><script>hit(69)</script>").first().waitFor();
    await isUnharmed(ana, "the queue");
    await tab(ana, /activity/i);
    await ana.page.locator("#activity").getByText("hit(69)").first().waitFor();
    await isUnharmed(ana, "what happened");

    // A film that is called so, with subtitles that read so.
    const film = { url: `${stage.web}files/demo.mp4?captions`, title: PAYLOADS[1], subtitles: `${stage.web}subtitles/film.srt`, spot: "now" };
    await api("POST", `/rooms/${room.id}/queue`, film, room.token);
    await ana.sees(() => window.onecouch.state().room.current?.captions?.length > 0);
    const captions = ana.page.getByRole("button", { name: /subtitles|captions/i }).first();
    await captions.waitFor();
    await captions.click();
    await ana.page.getByRole("menuitemradio").or(ana.page.getByRole("radio")).last().click().catch(() => undefined);
    await ana.page.waitForRequest(/subtitles\.vtt/, { timeout: 5_000 }).catch(() => undefined);
    await isUnharmed(ana, "the subtitles");

    // The way in, with the room's title on it.
    await ana.page.goto(`${stage.url}/j/${room.invite}`);
    await ana.page.getByText(PAYLOADS[1]).first().waitFor();
    await isUnharmed(ana, "the way in");

    // And harm would have been seen.
    await ana.page.evaluate((markup) => document.body.insertAdjacentHTML("beforeend", markup), PAYLOADS[1]);
    await ana.sees(() => window.stopped.length > 0);
    await assert.rejects(isUnharmed(ana, "a page that takes markup"));
    ana.troubles = ana.troubles.filter((trouble) => !/inline event handler/.test(trouble));
    await ana.leaves();
  }
});

test("frames of others may run their own scripts and touch nothing of ours, and are told no link", async () => {
  const { token } = await api("POST", "/sessions", { name: "Jonas" });
  const room = await api("POST", "/rooms", { title: "Frames", ready_start: false }, token);
  const links = {
    YouTube: "https://www.youtube.com/watch?v=eRsGyueVLvQ", Vimeo: "https://vimeo.com/22439234", Twitch: "https://www.twitch.tv/videos/123456789",
    Dailymotion: "https://www.dailymotion.com/video/x8abcde", Kick: "https://kick.com/somebody",
  };
  const lena = await Person.comes(browser, "Lena");
  await lena.context.addInitScript(WATCH);
  const asked = await fakeProviders(lena.context);
  const others = [];
  lena.context.on("request", (request) => {
    if (!request.url().startsWith(stage.url) && !request.url().startsWith(stage.web)) others.push(request.url());
  });
  await api("POST", `/rooms/${room.id}/queue`, { url: links.YouTube }, token);
  await lena.page.goto(`${stage.url}/j/${room.invite}`);
  await lena.page.getByLabel("Your name").waitFor();
  assert.deepEqual(others.filter((url) => !url.startsWith("data:")), [], "the way in asks nobody else for anything");
  await lena.joins(`${stage.url}/j/${room.invite}`);
  assert.ok(!lena.page.url().includes(room.invite), "the address holds the link no more");

  for (const [site, url] of Object.entries(links)) {
    await api("POST", `/rooms/${room.id}/queue`, { url, spot: "now" }, token);
    await lena.sees((wanted) => window.onecouch.state().room.current?.url.includes(wanted), new URL(url).hostname.replace("www.", ""));
    const load = lena.page.getByRole("button", { name: new RegExp(`Load ${site}`, "i") });
    const frame = lena.page.locator("iframe.film");
    await load.or(frame).first().waitFor();
    if (await load.isVisible()) await load.click();
    await frame.waitFor();
    const sandbox = (await frame.getAttribute("sandbox")).split(/\s+/);
    const may = ["allow-scripts", "allow-same-origin", "allow-presentation", "allow-popups", "allow-popups-to-escape-sandbox"];
    assert.deepEqual(sandbox.filter((one) => !may.includes(one)), [], `${site}: ${sandbox}`);
    assert.ok(sandbox.includes("allow-scripts"), site);
    const src = new URL(await frame.getAttribute("src"));
    assert.notEqual(src.origin, new URL(stage.url).origin, `${site} has an origin of its own`);
    assert.equal(await frame.getAttribute("srcdoc"), null, site);
    assert.doesNotMatch(await frame.getAttribute("allow"), /camera|microphone|geolocation|display-capture|payment/, site);
    assert.equal(await frame.getAttribute("referrerpolicy"), "strict-origin-when-cross-origin", site);
  }
  await until("a request of each frame", async () => asked.length, (count) => count >= Object.keys(links).length);
  const origin = `${stage.url}/`;
  for (const { url, referer } of asked) {
    assert.ok(referer === "" || referer === origin, `${url} is told ${referer}`);
    for (const secret of [room.invite, room.code, token, "/j/"]) assert.ok(!url.includes(secret), `${url} holds ${secret}`);
  }
  assert.deepEqual(await lena.page.evaluate(() => [window.hits, window.stopped]), [[], []]);
  await lena.leaves();
});

test("a page of another site can neither frame this one nor keep a hold of it", async () => {
  const room = await enters(await api("POST", "/rooms", { title: "Held" }, (await api("POST", "/sessions", { name: "Mia" })).token), "Mia");
  const evil = await room.context.newPage();
  await room.context.route("https://evil.example/**", (route) =>
    route.fulfill({ contentType: "text/html", body: `<!doctype html><title>evil</title><iframe src="${stage.url}/r/x"></iframe>` }));
  const refused = evil.waitForEvent("console", (message) => /frame-ancestors|Framing|Content Security Policy/i.test(message.text()));
  await evil.goto("https://evil.example/");
  await refused;
  const inside = evil.frames().filter((frame) => frame !== evil.mainFrame());
  assert.ok(inside.every((frame) => !frame.url().startsWith(stage.url)), inside.map((frame) => frame.url()).join());
  // By a handle on the window it could send the page elsewhere, and its people would not notice.
  const [opened] = await Promise.all([room.context.waitForEvent("page"), evil.evaluate((url) => { window.held = window.open(url); }, `${stage.url}/`)]);
  await opened.waitForLoadState();
  await evil.waitForFunction(() => window.held.closed, null, { polling: 50 });
  assert.equal(await opened.evaluate(() => window.opener), null);
  await evil.close();
  await room.leaves();
});
