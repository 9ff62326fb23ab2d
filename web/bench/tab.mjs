// One viewer: a page on a line of its own, with a clock that goes wrong by a little, sampled ten times a second.

/** Runs before the page's own script. */
const prepare = ({ token, ppm, coarse }) => {
  const real = performance.now.bind(performance);
  window.benchWall = () => performance.timeOrigin + real();
  // The page's clock goes wrong; ours does not.
  performance.now = () => real() * (1 + ppm * 1e-6);
  localStorage.setItem("onecouch.token", token);
  localStorage.setItem("onecouch.name", "Bench");
  if (coarse) localStorage.setItem("onecouch.consent.youtube", "yes");
  const seen = { samples: [], seeks: [], stalls: [], rates: [] };
  window.benchSeen = seen;
  document.addEventListener("seeking", () => seen.seeks.push(window.benchWall()), true);
  document.addEventListener("waiting", () => seen.stalls.push(window.benchWall()), true);
  setInterval(() => {
    const handle = window.onecouch;
    const video = handle?.video();
    const state = handle?.state();
    if (!handle || !state?.room) return;
    const wall = window.benchWall();
    seen.samples.push({
      wall,
      server: handle.now(),
      position: video ? video.currentTime * 1000 : null,
      paused: video?.paused ?? null,
      rate: video?.playbackRate ?? null,
      seeking: video?.seeking ?? null,
      ready: video?.readyState ?? null,
      drift: handle.drift(),
      doing: state.follow.state,
      corrections: state.follow.corrections,
      leads: state.follow.leads,
      uncertainty: state.clock.uncertainty,
      slowest: state.clock.slowest,
    });
  }, 100);
};

/** The time bases of two pages, compared by asking both from outside. */
const ASKS = 15;

export class Tab {
  static async open(browser, number, { url, token, ppm, coarse, route }) {
    const context = await browser.newContext({ viewport: { width: 900, height: 600 }, extraHTTPHeaders: { "x-bench-tab": `${number}` } });
    await route?.(context);
    await context.addInitScript(`if (location.protocol === "http:") (${prepare})(${JSON.stringify({ token, ppm, coarse })})`);
    const page = await context.newPage();
    const tab = new Tab(number, page, ppm);
    page.on("pageerror", (error) => tab.troubles.push(error.message));
    // Pictures of the world outside are not to be had here.
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("ERR_NAME_NOT_RESOLVED")) tab.troubles.push(message.text());
    });
    await page.goto(url);
    // As if somebody had clicked: sound is allowed.
    const devtools = await context.newCDPSession(page);
    await devtools.send("Runtime.evaluate", { expression: "1", userGesture: true });
    return tab;
  }

  constructor(number, page, ppm) {
    Object.assign(this, { number, page, ppm, troubles: [] });
  }

  /** The film is loaded and the clock is known. */
  async ready() {
    const isReady = () => {
      const state = window.onecouch?.state();
      return state?.follow.state === "still" && state.clock.uncertainty < 150;
    };
    await this.page.waitForFunction(isReady, undefined, { timeout: 40_000, polling: 100 }).catch(async () => {
      const now = await this.page.evaluate(() => JSON.stringify(window.onecouch?.state() ?? document.body.innerText));
      throw new Error(`tab ${this.number} does not get ready: ${this.troubles.join("; ")} ${now}`);
    });
  }

  /** Stops the player behind the controller's back for so long, ms. */
  halt(ms) {
    const frame = this.#frame();
    if (frame !== undefined) return frame.evaluate((ms) => window.benchHalt(ms), ms);
    return this.page.evaluate((ms) => {
      const video = window.onecouch.video();
      video.play = () => Promise.resolve();
      video.pause();
      setTimeout(() => delete video.play, ms);
    }, ms);
  }

  /** How far its wall clock may be from this process's, ms: two bounds. */
  async bounds() {
    let [lower, upper] = [-Infinity, Infinity];
    for (let count = 0; count < ASKS; count += 1) {
      const before = performance.timeOrigin + performance.now();
      const there = await this.page.evaluate(() => window.benchWall());
      const after = performance.timeOrigin + performance.now();
      lower = Math.max(lower, there - after);
      upper = Math.min(upper, there - before);
    }
    return [lower, upper];
  }

  #frame() {
    return this.page.frames().find((frame) => frame.url().includes("youtube-nocookie"));
  }

  async seen() {
    const seen = await this.page.evaluate(() => window.benchSeen);
    const frame = this.#frame();
    if (frame === undefined) return seen;
    // Where the simulated player really stood.
    const inside = await frame.evaluate(() => window.benchSeen);
    return { ...seen, samples: join(seen.samples, inside.samples), seeks: inside.seeks };
  }
}

/** Puts what the frame saw beside what its page knew at about the same time. */
function join(outer, inner) {
  let index = 0;
  return inner.map((sample) => {
    while (index + 1 < outer.length && outer[index + 1].wall <= sample.wall) index += 1;
    const page = outer[index];
    return { ...page, ...sample, server: page.server + (sample.wall - page.wall) };
  });
}
