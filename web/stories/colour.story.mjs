// The room's own colour: seen behind it in both themes, and what is written on it stays readable in every one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { api, enters, opensForStories, stage, until } from "./stage.mjs";

opensForStories();

const COLOURS = ["#ff0000", "#00ff00", "#0000ff", "#ffff00", "#ff00ff", "#00ffff", "#ffffff", "#000000", "#204060"];

/** Ana's room, in this theme. */
async function opens(theme) {
  const { token } = await api("POST", "/sessions", { name: "Ana" });
  const room = await api("POST", "/rooms", { title: "Friday film club", url: stage.film }, token);
  const ana = await enters(room, "Ana", { token, theme });
  return { ana, sets: (settings) => api("PATCH", `/rooms/${room.id}`, settings, token) };
}

/** The ground of the room and the texts on it, as they are painted: red, green, blue. */
const painted = (ana) =>
  ana.page.evaluate(() => {
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (colours) => {
      for (const colour of colours) {
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
      }
      return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
    const ground = rgb([of("--bg"), getComputedStyle(document.querySelector(".room")).backgroundColor]);
    return { ground, texts: ["--text", "--text-2", "--text-3", "--accent-text", "--ok", "--warn", "--bad"].map((name) => [name, rgb([of(name)])]), plain: rgb([of("--bg")]) };
  });

const luminance = (rgb) =>
  rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, n) => sum + part * [0.2126, 0.7152, 0.0722][n], 0);

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

for (const theme of ["dark", "light"]) {
  test(`a room's colour is seen behind it and every text on it stays readable: ${theme}`, async () => {
    const { ana, sets } = await opens(theme);
    const without = await painted(ana);
    assert.deepEqual(without.ground, without.plain, "a room without a colour has none");
    const grounds = new Set();
    for (const colour of COLOURS) {
      for (const opacity of [100, 50, 0]) {
        await sets({ colour, opacity });
        await ana.sees(([colour, opacity]) => window.onecouch.state().room.colour === colour && window.onecouch.state().room.opacity === opacity, [colour, opacity]);
        const now = await until("the ground", () => painted(ana), () => true);
        for (const [name, text] of now.texts.filter(([, text]) => contrast(text, now.plain) >= 4.5)) {
          assert.ok(contrast(text, now.ground) >= 4.5, `${name} on ${colour} at ${opacity} %: ${contrast(text, now.ground).toFixed(2)}`);
        }
        if (opacity === 0) assert.deepEqual(now.ground, now.plain, `${colour} at 0 % is none`);
        if (opacity === 100) grounds.add(now.ground.join());
      }
    }
    assert.ok(grounds.size >= 6, `colours differ: ${[...grounds].join(" ")}`);
    await sets({ colour: "#0044ff", opacity: 100 });
    await ana.sees(() => window.onecouch.state().room.colour === "#0044ff");
    await ana.axe("a room in its colour", { colours: true });
    await ana.shot(`colour-${theme}`);
    await sets({ colour: null });
    await ana.sees(() => window.onecouch.state().room.colour === null);
    assert.deepEqual((await painted(ana)).ground, without.plain);
    await ana.leaves();
  });
}
