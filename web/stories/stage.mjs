// The stage and the browser of the stories: the real server with a fake Discord, and real Chromium.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Where stories leave pictures. */
export const shots = fileURLToPath(new URL("./shots/", import.meta.url));
const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
/** What the page must hold to: WCAG 2.2, levels A and AA. */
const STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** Those of its rules that another theme can break; the others look at what is the same in both. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** How long anything may take, ms; a busy machine may be given more. */
export const PATIENCE = Number(process.env.PATIENCE ?? 15_000);

/** Starts the server with its fakes. `files` is a folder that its fake of the web serves under `/made` and, to no other page, `/closed`. */
export async function openStage({ files } = {}) {
  const child = spawn("cargo", ["test", "--quiet", "--locked", "--test", "it", "--", "--exact", "stage::open_for_the_browser_stories", "--nocapture"], {
    cwd: root,
    env: { ...process.env, ONECOUCH_STAGE: "1", ...(files && { ONECOUCH_STAGE_FILES: files }) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  let stage;
  for await (const line of lines) {
    if (line.startsWith("{")) {
      stage = JSON.parse(line);
      break;
    }
  }
  if (!stage) throw new Error("the stage did not open");
  const order = async (path, body) => {
    const method = body === undefined ? "GET" : "POST";
    const headers = { "content-type": "application/json" };
    const answer = await fetch(stage.control + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    ...stage,
    /** Maya types in Discord; resolves with what she reads. */
    types: async (line) => (await order("/discord", { line })).text,
    /** The card in her channel. */
    card: () => order("/discord/card"),
    /** Maya opens the activity in her channel; resolves with what Discord tells its page. */
    opensActivity: () => order("/discord/activity", {}),
    /** Discord's client vouches for her; resolves with the code. */
    authorizes: () => order("/discord/code", {}),
    /** She closes the activity. */
    closesActivity: () => order("/discord/closed", {}),
    /** The server ends as on SIGTERM. */
    stops: () => order("/stop", {}),
    /** The server starts again on the same data. */
    starts: () => order("/start", {}),
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

/** Real Chromium, without a window and without a word to the outside. */
export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio",
      // The stand-in for Discord's client is nowhere, and frames what is on loopback.
      "--disable-features=LocalNetworkAccessChecks",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

/** The server and the browser of the stories of one file, from the first story on. */
export let stage;
export let browser;

/**
 * Opens both before the first story of a file and closes them after the last one. `options` are those of `openStage`; `then` makes
 * what else the stories need, for hooks of a file do not wait for each other.
 */
export function opensForStories(options, then) {
  before(async () => {
    stage = await openStage(options);
    browser = await openBrowser();
    await then?.();
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });
}

/** A call of the API in somebody's name; resolves with its `data`. */
export async function api(method, path, body, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${stage.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text).data;
}

/** Somebody's browser: fails the story on an error of the page or a violation of its policy. */
export class Person {
  static async comes(browser, name, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const person = new Person(name, context, page);
    page.on("pageerror", (error) => person.troubles.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) person.troubles.push(message.text());
    });
    return person;
  }

  constructor(name, context, page) {
    Object.assign(this, { name, context, page, troubles: [] });
  }

  /** Opens an invite link and joins with one click. */
  async joins(link) {
    await this.page.goto(link);
    await this.page.getByLabel("Your name").fill(this.name);
    await this.page.getByRole("button", { name: /join/i }).click();
    await this.page.waitForURL(/\/r\//);
  }

  /** Starts a room with a link, at the landing page. */
  async starts(url, link) {
    await this.page.goto(url);
    const name = this.page.getByLabel("Your name");
    await this.page.getByPlaceholder("Paste a link to a video").fill(link);
    if (await name.isVisible()) await name.fill(this.name);
    await this.page.getByRole("button", { name: "Start a room" }).click();
    await this.page.waitForURL(/\/r\//);
  }

  /**
   * Looks for barriers with axe, in the state that the page is in; fails the story with each rule, where it is broken, and what helps.
   * `colours` where it looked at this state before, in another theme.
   */
  async axe(state, { colours = false } = {}) {
    // Colours on their way are none that anybody reads.
    await this.page.evaluate(async () => {
      const frame = () => new Promise((seen) => window.requestAnimationFrame(seen));
      const passing = () => document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity);
      // What was just put there begins to move with the next frame.
      for (let still = 0; still < 2; still += 1) {
        await frame();
        const moving = passing();
        if (moving.length > 0) still = -1;
        await Promise.allSettled(moving.map((one) => one.finished));
      }
    });
    // Through the debugger, which the page's policy does not concern.
    if (!(await this.page.evaluate(() => "axe" in window))) await this.page.evaluate(axe);
    const found = await this.page.evaluate(
      (runOnly) => window.axe.run(document, { runOnly, resultTypes: ["violations"] }),
      colours ? { type: "rule", values: COLOURS } : { type: "tag", values: STANDARD },
    );
    const lines = found.violations.flatMap((rule) =>
      rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${node.target.join(" ")}\n    ${node.html.slice(0, 160)}\n    ${node.failureSummary.replaceAll("\n", "\n    ")}\n    ${rule.helpUrl}`));
    if (lines.length > 0) throw new Error(`${this.name} meets barriers (${state}):\n  ${lines.join("\n  ")}`);
  }

  /** Waits until something is true in the page. */
  sees(isIt, argument) {
    return this.page.waitForFunction(isIt, argument, { polling: 50 });
  }

  /** Waits until the film plays, in step with the room. */
  plays() {
    return this.sees(() => {
      const video = window.onecouch?.video();
      return video && !video.paused && video.readyState >= 3 && Math.abs(window.onecouch.drift()) < 100;
    });
  }

  /** Waits until the room says that the film stands, and it does. */
  stands() {
    return this.sees(() => {
      const [state, video] = [window.onecouch?.state(), window.onecouch?.video()];
      return state?.room?.playback.playing === false && video?.paused && !video.seeking;
    });
  }

  /** Where the film is, in seconds. */
  at() {
    return this.page.evaluate(() => window.onecouch.video().currentTime);
  }

  /** Writes into the chat box. */
  async writes(text) {
    const box = this.page.getByPlaceholder(/message/i);
    await box.fill(text);
    await box.press("Enter");
  }

  async shot(name) {
    mkdirSync(shots, { recursive: true });
    await this.page.screenshot({ path: `${shots}${name}.png` });
  }

  async leaves() {
    await this.context.close();
    if (this.troubles.length > 0) throw new Error(`${this.name}'s page had troubles: ${this.troubles.join("; ")}`);
  }
}

/**
 * Somebody in a room, in a browser of their own: let in by its invite, or with the `token` of somebody who is in already. `theme`
 * is `dark` or `light`, other options are those of a browser's context.
 */
export async function enters(room, name, { token, theme = "dark", ...options } = {}) {
  const known = token ?? (await api("POST", "/sessions", { name })).token;
  if (!token) await api("POST", `/invites/${room.invite}/join`, {}, known);
  const person = await Person.comes(browser, name, options);
  person.token = known;
  // Once: what the page itself keeps later stays.
  await person.page.goto(`${stage.url}/icon-512.png`);
  await person.page.evaluate(([secret, theme]) => {
    localStorage.setItem("onecouch.token", secret);
    localStorage.setItem("onecouch.theme", theme);
  }, [known, theme]);
  await person.page.goto(`${stage.url}/r/${room.id}`);
  await person.sees(() => window.onecouch?.state()?.room != null);
  return person;
}

/** Asks again and again until the answer is the one that is waited for. */
export async function until(what, ask, isIt) {
  const end = Date.now() + PATIENCE;
  let last;
  while (Date.now() < end) {
    last = await ask();
    if (isIt(last)) return last;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`${what} did not come; the last was ${JSON.stringify(last)}`);
}
