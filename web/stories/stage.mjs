// The stage and the browser of the stories: the real server with a fake Discord, and real Chromium.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../..", import.meta.url));
const shots = fileURLToPath(new URL("./shots/", import.meta.url));

/** How long anything may take. */
export const PATIENCE = 15_000;

/** Starts the server with its fakes. */
export async function openStage() {
  const child = spawn("cargo", ["test", "--quiet", "--locked", "--test", "it", "--", "--exact", "stage::open_for_the_browser_stories", "--nocapture"], {
    cwd: root,
    env: { ...process.env, ONECOUCH_STAGE: "1" },
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
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
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
