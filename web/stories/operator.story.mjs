// Who runs a server, in a real browser on a real server: the key at the door, what there is, a room closed while somebody is in it,
// a key made and used, an address kept out, and the log that has it all.

import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { api, browser, enters, opensForStories, Person, stage, until } from "./stage.mjs";

opensForStories();

/** A fresh browser at the page, before the key. */
async function comes(options = {}, theme = "dark") {
  const person = await Person.comes(browser, "Olga", options);
  await person.page.addInitScript((theme) => localStorage.setItem("onecouch.theme", theme), theme);
  await person.page.goto(`${stage.url}/operator`);
  await person.page.getByLabel("Administrator’s key").waitFor();
  return person;
}

async function opens(person, key = stage.key) {
  await person.page.getByLabel("Administrator’s key").fill(key);
  await person.page.getByRole("button", { name: "Open" }).click();
}

const tab = (person, name) => person.page.getByRole("navigation").getByRole("link", { name }).click();
/** A reverse proxy that says that all who come by it come from an address, sockets too: those no browser can be told to say so. */
async function proxyOf(address) {
  const { hostname, port } = new URL(stage.url);
  const headers = (asked) => ({ ...asked.headers, "x-forwarded-for": address });
  const server = createServer((asked, answer) => {
    const { method, url: path } = asked;
    const on = request({ hostname, port, method, path, headers: headers(asked) }, (told) => {
      answer.writeHead(told.statusCode, told.headers);
      told.pipe(answer);
    });
    on.on("error", () => answer.destroy());
    asked.pipe(on);
  });
  server.on("upgrade", (asked, socket, head) => {
    const line = connect(Number(port), hostname, () => {
      const lines = Object.entries(headers(asked)).map(([name, value]) => `${name}: ${value}`);
      line.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      line.write(head);
      line.pipe(socket).pipe(line);
    });
    for (const end of [line, socket]) end.on("error", () => [line, socket].forEach((one) => one.destroy()));
  });
  await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const makesRoom = async (title) => {
  const ana = (await api("POST", "/sessions", { name: "Ana" })).token;
  return { ana, room: await api("POST", "/rooms", { title, url: stage.own }, ana) };
};

test("a wrong key opens nothing, the right one stays in the tab, and leaving forgets it", async () => {
  const olga = await comes();
  const { page } = olga;
  await olga.axe("the door");
  await opens(olga, "a guess");
  await page.getByText("That key is not good here").waitFor();
  assert.equal(await page.getByRole("navigation").count(), 0);
  await opens(olga);
  await page.getByText("People in rooms").waitFor();
  await page.getByText("Discord bot").waitFor();
  await olga.axe("the overview");
  await olga.shot("operator-overview");
  const where = await page.evaluate(() => ({ tab: Object.values(window.sessionStorage), kept: Object.values(localStorage), address: location.href }));
  assert.deepEqual(where.tab, [stage.key]);
  assert.ok(!JSON.stringify([where.kept, where.address]).includes(stage.key), "neither in what is kept nor in the address");
  await page.reload();
  await page.getByText("People in rooms").waitFor();
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByLabel("Administrator’s key").waitFor();
  assert.deepEqual(await page.evaluate(() => Object.values(window.sessionStorage)), []);
  await olga.leaves();
});

test("a room is found and closed while somebody watches in it, who sees that", async () => {
  const { room } = await makesRoom("Late film");
  const ben = await enters(room, "Ben");
  const olga = await comes();
  const { page } = olga;
  await opens(olga);
  await tab(olga, "Rooms");
  await page.getByLabel("Title, host, link or code").fill("late FILM");
  await page.getByRole("button", { name: /Late film/ }).click();
  const dialog = page.getByRole("dialog", { name: "Late film" });
  await dialog.getByText("Guest, Browser").waitFor();
  await olga.axe("a room");
  await olga.shot("operator-room");
  await dialog.getByRole("button", { name: "Close the room" }).click();
  const sure = page.getByRole("dialog", { name: "Close Late film?" });
  await sure.getByText("The film stops for the 1 connection").waitFor();
  await olga.axe("the question");
  await sure.getByRole("button", { name: "Close the room" }).click();
  await page.getByText("Late film is closed.").waitFor();
  await ben.sees(() => window.onecouch.state()?.room?.schedule?.status === "ended");
  await dialog.getByRole("button", { name: "Open again" }).click();
  await ben.sees(() => window.onecouch.state()?.room?.schedule?.status === "live");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: "Delete Late film?" }).getByRole("button", { name: "Delete" }).click();
  await page.getByText("Late film is deleted.").waitFor();
  await page.getByText("No such rooms.").waitFor();
  await ben.page.getByText("There is no such room").first().waitFor();
  await ben.leaves();
  await olga.leaves();
});

test("a key is made, shown once and used, then revoked; somebody is signed out", async () => {
  const olga = await comes();
  const { page } = olga;
  await opens(olga);
  await tab(olga, "Keys");
  await page.getByLabel("What it is for").fill("Second in command");
  await page.getByLabel("Everything, as you").check();
  await page.getByRole("button", { name: "Make a key" }).click();
  const secret = await page.getByLabel("The new key", { exact: true }).getByRole("textbox").inputValue();
  assert.match(secret, /^[a-z0-9]{64}$/);
  assert.equal((await api("GET", "/admin/overview", undefined, secret)).version.length > 0, true);
  await olga.axe("a new key");
  await olga.shot("operator-key");
  await page.getByRole("button", { name: "Done" }).click();
  assert.equal(await page.getByLabel("The new key").count(), 0, "shown this once");

  await page.getByRole("button", { name: "Revoke Second in command" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Second in command is revoked.").waitFor();
  await assert.rejects(api("GET", "/admin/overview", undefined, secret), /bad_token/);

  const cleo = (await api("POST", "/sessions", { name: "Cleopatra" })).token;
  await tab(olga, "People");
  await page.getByLabel("Name, username, mail or discord:ID").fill("cleop");
  await page.getByRole("button", { name: /Cleopatra/ }).click();
  await page.getByRole("button", { name: "End all sessions" }).click();
  await olga.axe("a person");
  await page.getByRole("dialog", { name: "End all sessions of Cleopatra?" }).getByRole("button", { name: "End all sessions" }).click();
  await page.getByText("Cleopatra is signed out everywhere.").waitFor();
  await assert.rejects(api("GET", "/people/me", undefined, cleo), /bad_token/);
  await olga.leaves();
});

test("an address is kept out of page and room, nobody locks themself out unawares, and the log has it all", async () => {
  const { room } = await makesRoom("Open house");
  const far = await proxyOf("203.0.113.66");
  const dan = await Person.comes(browser, "Dan");
  const token = (await api("POST", "/sessions", { name: "Dan" })).token;
  await api("POST", `/invites/${room.invite}/join`, {}, token);
  await dan.page.goto(`${far.url}/icon-512.png`);
  await dan.page.evaluate((token) => localStorage.setItem("onecouch.token", token), token);
  const gone = new Promise((over) => {
    dan.page.on("websocket", (socket) => {
      const heard = [];
      socket.on("framereceived", ({ payload }) => heard.push(String(payload)));
      socket.on("close", () => over(heard));
    });
  });
  await dan.page.goto(`${far.url}/r/${room.id}`);
  await dan.sees(() => window.onecouch?.state()?.room != null);
  const olga = await comes({ extraHTTPHeaders: { "x-forwarded-for": "198.51.100.4" } });
  const { page } = olga;
  await opens(olga);
  await tab(olga, "Bans");
  const bans = async (network) => {
    await page.getByLabel("Address or network").fill(network);
    await page.getByRole("button", { name: "Ban", exact: true }).click();
  };
  await bans("198.51.0.0/16");
  await page.getByRole("dialog", { name: "198.51.0.0/16 is where you come from" }).getByRole("button", { name: "Cancel" }).click();
  await page.getByLabel("Reason").fill("Spam");
  await bans("203.0.113.0/24");
  await page.getByText("203.0.113.0/24 is kept out.").waitFor();
  await olga.axe("bans");
  await olga.shot("operator-bans");
  // His socket is closed by the server at once; it says why, and he is not asked to try again.
  assert.match((await gone).at(-1), /"address_banned"/);
  const again = await Person.comes(browser, "Dan");
  const answer = await again.page.goto(`${far.url}/r/${room.id}`);
  assert.equal(answer.status(), 403);
  assert.match(await again.page.textContent("body"), /takes no connections from your address/);
  assert.doesNotMatch(await again.page.textContent("body"), /Spam/);
  await again.leaves();
  await page.getByRole("button", { name: "Lift the ban of 203.0.113.0/24" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Lift" }).click();
  await page.getByText("203.0.113.0/24 may come in again.").waitFor();
  await until("a way back in", async () => (await fetch(`${stage.url}/`, { headers: { "x-forwarded-for": "203.0.113.66" } })).status, (status) => status === 200);

  await tab(olga, "Log");
  for (const line of ["Lifted a ban 203.0.113.0/24", "Banned an address 203.0.113.0/24", "Ended all sessions", "Revoked a key Second in command", "Made a key Second in command", "Deleted a room Late film", "Opened or closed a room Late film"]) {
    await page.getByRole("listitem").filter({ hasText: line }).first().waitFor();
  }
  await page.getByText("refused (bans_yourself)").waitFor();
  await page.getByText("198.51.100.4").first().waitFor();
  await olga.axe("the log");
  await olga.shot("operator-log");
  await dan.leaves();
  await olga.leaves();
  far.close();
});

test("on a phone, in both themes, all of it can be read and reached", async () => {
  const { room } = await makesRoom("Pocket cinema");
  const ben = await enters(room, "Ben");
  for (const theme of ["dark", "light"]) {
    const olga = await comes({ viewport: { width: 390, height: 844 } }, theme);
    await opens(olga);
    await olga.page.getByText("People in rooms").waitFor();
    for (const name of ["Overview", "Rooms", "People", "Keys", "Bans", "Log"]) {
      await tab(olga, name);
      await olga.page.locator(`.op-tab[aria-current="page"]`, { hasText: name }).waitFor();
      await olga.sees(() => document.querySelector(".op-figure, .op-rows, .op-none") !== null);
      await olga.axe(`${name} on a phone, ${theme}`);
      assert.ok(await olga.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${name} scrolls sideways`);
      await olga.shot(`operator-phone-${theme}-${name.toLowerCase()}`);
    }
    await olga.leaves();
  }
  await ben.leaves();
});

test("where nobody can run the server from here, the page says how to change that", async () => {
  const olga = await Person.comes(browser, "Olga");
  const off = { error: { code: "admin_off", message: "Nobody can run this server from here yet.", details: {} } };
  await olga.page.route("**/api/v1/admin/**", (route) => route.fulfill({ status: 403, json: off }));
  await olga.page.goto(`${stage.url}/operator`);
  await olga.page.getByRole("heading", { name: "This page is off" }).waitFor();
  await olga.page.getByText("bootstrap_key").waitFor();
  await olga.axe("the page that is off");
  await olga.leaves();
});
