// A room that a program made by watchers.io's room API: counted down to, streamed from a platform, hidden.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeProviders } from "./fakes.mjs";
import { Person, api, browser, opensForStories, stage } from "./stage.mjs";

opensForStories();

/** A program with a key of somebody's account. */
async function program() {
  const { token } = await api("POST", "/sessions", { name: "Rosa" });
  await api("POST", "/accounts", { username: `rosa${Date.now()}`, password: "a long one for stories" }, token);
  const key = await api("POST", "/keys", { name: "Cinema", scopes: ["rooms"] }, token);
  const headers = { "content-type": "application/json", "x-api-key": key.id, authorization: `Bearer ${key.secret}` };
  return async (method, path, body) => {
    const answer = await fetch(`${stage.url}/external${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    const page = /\/r\/([0-9a-f-]{36})/.exec(answer.headers.get("link"))[1];
    return { ...JSON.parse(text), page };
  };
}

async function enters(name, page, options = {}) {
  const { token } = await api("POST", "/sessions", { name });
  const person = await Person.comes(browser, name, options);
  person.asked = await fakeProviders(person.context);
  await person.context.addInitScript(([secret, theme]) => {
    localStorage.setItem("onecouch.token", secret);
    localStorage.setItem("onecouch.theme", theme);
  }, [token, options.theme ?? "dark"]);
  await person.page.goto(`${stage.url}/r/${page}`);
  await person.sees(() => window.onecouch?.state()?.room != null);
  return person;
}

test("a room of a program is counted down to, opens by itself and shows its stream once somebody agrees", async () => {
  const asks = await program();
  const start = new Date(Date.now() + 6_000).toISOString();
  const made = await asks("POST", "/room", {
    roomId: "keynote", name: "Live Conference", about: "Annual keynote", startTime: start, sourceUrl: "https://kick.com/some-body",
  });
  assert.equal(made.status, "SOON");
  const ana = await enters("Ana", made.page);
  const ben = await enters("Ben", made.page, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, theme: "light" });
  await ana.page.locator(".soon .count").waitFor();
  assert.match(await ana.page.locator(".soon").innerText(), /Live Conference/);
  await ana.shot("stream-soon");

  for (const person of [ana, ben]) {
    await person.page.getByRole("heading", { name: "This stream comes from Kick" }).waitFor();
    assert.deepEqual(person.asked, [], "nothing of theirs is loaded before somebody agrees");
  }
  await ana.shot("stream-consent");
  await ben.shot("stream-consent-phone");
  for (const person of [ana, ben]) {
    await person.page.getByRole("button", { name: "Load Kick" }).click();
    await person.page.frameLocator("iframe.film--stream").locator("body").waitFor();
    assert.equal(person.asked[0].url, "https://player.kick.com/some-body");
  }
  await ana.shot("stream-on");
  await ben.shot("stream-on-phone");

  // Another stream takes the place of this one, without a reload.
  await asks("PATCH", "/room/keynote", { sourceUrl: "https://youtu.be/eRsGyueVLvQ?t=90" });
  await ana.page.getByRole("button", { name: "Load YouTube" }).click();
  await ana.page.locator('iframe[src="https://www.youtube-nocookie.com/embed/eRsGyueVLvQ?start=90"]').waitFor();
  await asks("PATCH", "/room/keynote", { sourceUrl: null });
  await ana.page.getByText("What shall we watch?").waitFor();

  await asks("POST", "/room/status", { roomId: "keynote", status: "DISABLED" });
  await ana.page.locator("iframe.film--stream").waitFor({ state: "detached" });
  await ana.page.getByText(/closed/i).first().waitFor();
  await ana.shot("stream-disabled");
  await Promise.all([ana.leaves(), ben.leaves()]);
});
