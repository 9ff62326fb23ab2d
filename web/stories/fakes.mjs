// The pages of the providers, faked in the browser: each speaks its player's messages, at its own origin.

import { readFileSync } from "node:fs";

const source = (name) => readFileSync(new URL(`./fakes/${name}.js`, import.meta.url), "utf8");
const origins = JSON.parse(readFileSync(new URL("../src/players/frames.json", import.meta.url), "utf8"));
const SPEAKERS = ["youtube", "vimeo", "twitch"];

/** Has every frame of a player answered by its fake, and nothing else of the outside answered at all. Resolves with what was asked. */
export async function fakeProviders(context) {
  const asked = [];
  await context.route(/^https:/, (route) => route.abort());
  for (const [player, from] of Object.entries(origins)) {
    for (const origin of from) {
      await context.route(`${origin}/**`, (route) => {
        asked.push({ url: route.request().url(), referer: route.request().headers().referer ?? "" });
        const script = SPEAKERS.includes(player) && !origin.includes("clips") ? player : "mute";
        const body = `<!doctype html><meta charset="utf-8"><title>${player}</title><body><script>${source("film")}\n${source(script)}</script></body>`;
        return route.fulfill({ contentType: "text/html", body });
      });
    }
  }
  return asked;
}
