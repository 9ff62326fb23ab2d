// Every player behind one port: agreed to, in step with what is typed in Discord, heard when pressed by hand, and plain when it fails.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fakeProviders } from "./fakes.mjs";
import { makeStreams } from "./made.mjs";
import { Person, browser, opensForStories, stage, until } from "./stage.mjs";

const streams = makeStreams();
opensForStories({ files: streams.folder });
after(() => streams.away());

/** Maya puts something on, whatever was on before. */
async function puts(link) {
  await stage.types("/skip");
  await stage.types(`/watch link:${link}`);
  return (await until("a card with a link", stage.card, (card) => card?.link)).link;
}

/** Jonas comes, in a browser to which the providers are fakes. */
async function comes(link, options) {
  const jonas = await Person.comes(browser, "Jonas", options);
  jonas.asked = await fakeProviders(jonas.context);
  await jonas.joins(link);
  jonas.frame = jonas.page.frameLocator("iframe.film");
  return jonas;
}

const agrees = async (jonas, site) => {
  await jonas.page.getByRole("button", { name: `Load ${site}` }).click();
  await jonas.frame.locator("#at").waitFor();
};

/** What the fake player shows of itself. */
const shown = async (jonas) => {
  const film = await jonas.frame.locator("body").evaluate((body) => ({ ...body.dataset }));
  const { follow, room } = await jonas.page.evaluate(() => window.onecouch.state());
  return { ...film, follow, playback: room.playback };
};
const does = (jonas, what) => until(`a player that is ${what}`, () => shown(jonas), (film) => film.doing === what);

/** It plays, and is where the room is. */
const inStep = (jonas, within = 400) => jonas.sees((within) => {
  const { follow } = window.onecouch?.state() ?? {};
  return follow?.state === "running" && Math.abs(follow.drift) < within;
}, within);

const room = (jonas) => jonas.page.evaluate(() => window.onecouch.target() / 1000);

test("a site's stills come from it, so at the door, over the film and in the queue they wait until it is agreed to", async () => {
  const link = await puts("https://www.youtube.com/watch?v=eRsGyueVLvQ");
  await stage.types("/queue add link:https://www.youtube.com/watch?v=aqz-KE-bpKQ");
  const asked = [];
  const jonas = await Person.comes(browser, "Jonas");
  jonas.context.on("request", (request) => {
    if (!request.url().startsWith(stage.url)) asked.push(request.url());
  });
  await fakeProviders(jonas.context);
  await jonas.joins(link);
  await jonas.page.getByRole("heading", { name: "This film comes from YouTube" }).waitFor();
  await jonas.page.getByRole("tab", { name: /queue/i }).click();
  const still = jonas.page.locator(".q .thumb");
  await still.first().locator(".thumb-none").waitFor();
  assert.deepEqual(asked.filter((url) => url.startsWith("https:")), [], "nothing is asked of YouTube before");
  await jonas.shot("players-stills");
  const loads = jonas.context.waitForEvent("request", (request) => request.url().startsWith("https://pictures.example/"));
  await jonas.page.getByRole("button", { name: "Load YouTube" }).click();
  await loads;
  await stage.types("/skip");
  await jonas.leaves();
});

test("YouTube loads once it is agreed to, follows Discord, tells the room what was pressed in it, and is left alone in an advert", async () => {
  const link = await puts("https://www.youtube.com/watch?v=eRsGyueVLvQ");
  const jonas = await comes(link);
  await jonas.page.getByRole("heading", { name: "This film comes from YouTube" }).waitFor();
  await jonas.shot("players-consent");
  assert.deepEqual(jonas.asked, [], "nothing of YouTube is asked for before");
  await agrees(jonas, "YouTube");
  const token = link.split("/j/")[1];
  assert.ok(!JSON.stringify(jonas.asked).includes(token), "the invite's secret goes to nobody");
  await does(jonas, "playing");
  await inStep(jonas);
  await jonas.shot("players-youtube");

  await stage.types("/seek time:1:00");
  await until("a film at 1:00", () => shown(jonas), (film) => film.doing === "playing" && Number(film.time) >= 60 && Number(film.time) < 75);
  await inStep(jonas);
  await stage.types("/pause");
  const stands = await does(jonas, "paused");
  assert.ok(Math.abs(Number(stands.time) - (await room(jonas))) < 0.3, "it stands where the room does");
  await stage.types("/play");
  await does(jonas, "playing");
  await inStep(jonas);
  // What comes so soon after an order of ours would be taken for its doing.
  await jonas.sees((since) => performance.now() - since > 1600, await jonas.page.evaluate(() => performance.now()));
  await jonas.frame.locator("#pause").click();
  await until("a room that stands", () => shown(jonas), (film) => !film.playback.playing);
  await until("a card that says so", stage.card, (card) => /paused/i.test(card.text));
  await does(jonas, "paused");
  await jonas.sees((since) => performance.now() - since > 1600, await jonas.page.evaluate(() => performance.now()));
  await jonas.frame.locator("#play").click();
  await jonas.sees(() => window.onecouch.state().room.playback.playing);
  await jonas.sees((since) => performance.now() - since > 1600, await jonas.page.evaluate(() => performance.now()));
  await jonas.frame.locator("#jump").click();
  await jonas.sees(() => window.onecouch.target() >= 89_000);
  await inStep(jonas);

  await stage.types("/seek time:0:10");
  await inStep(jonas);
  await jonas.frame.locator("body").evaluate(() => window.film.advert(6000));
  await jonas.sees(() => window.onecouch.state().follow.phase === "advert");
  await jonas.page.getByText("In an advert").waitFor();
  await inStep(jonas);
  await jonas.leaves();
});

test("a browser that forbids sound plays YouTube without, and a tap under the player brings it back", async () => {
  const link = await puts("https://www.youtube.com/watch?v=blockedhere");
  const jonas = await comes(link);
  await agrees(jonas, "YouTube");
  await jonas.page.getByText("Your browser plays it without sound.").waitFor();
  await until("a silent film", () => shown(jonas), (film) => film.doing === "playing" && film.muted === "true");
  await jonas.shot("players-muted");
  await jonas.page.getByRole("button", { name: "Tap for sound" }).click();
  await until("its sound", () => shown(jonas), (film) => film.muted === "false");
  await jonas.leaves();
});

test("YouTube's no is said in a sentence, with the way out, and the room goes on by itself", async () => {
  const link = await puts("https://www.youtube.com/watch?v=forbiddenxx");
  const jonas = await comes(link);
  await jonas.page.getByRole("button", { name: "Load YouTube" }).click();
  await jonas.page.getByText("Its owner does not allow it outside YouTube.", { exact: false }).waitFor();
  const source = jonas.page.getByRole("link", { name: "Watch at the source" });
  assert.equal(await source.getAttribute("href"), "https://www.youtube.com/watch?v=forbiddenxx");
  await puts("https://www.youtube.com/watch?v=goneforgood");
  await jonas.page.getByText("YouTube has no such video, or it is private.", { exact: false }).waitFor();
  await stage.types(`/watch link:${stage.film}`);
  await jonas.page.getByText("It starts by itself if nobody here can play this one.", { exact: false }).waitFor();
  await jonas.shot("players-failed");
  // Nobody presses anything: ten seconds, and the next one is on.
  await jonas.plays();
  await jonas.leaves();
});

test("Vimeo plays in step, takes rates unless its owner forbids them, and says whose wish it is where it does not play", async () => {
  const link = await puts("https://vimeo.com/76979871/0ab1c2d3e4");
  const jonas = await comes(link);
  await agrees(jonas, "Vimeo");
  assert.match(jonas.asked[0].url, /^https:\/\/player\.vimeo\.com\/video\/76979871\?h=0ab1c2d3e4/, "an unlisted one with its hash");
  await does(jonas, "playing");
  await inStep(jonas);
  await stage.types("/seek time:0:40");
  await until("a film at 0:40", () => shown(jonas), (film) => Number(film.time) >= 40);
  await inStep(jonas);
  await jonas.frame.locator("body").evaluate(() => window.film.to("playing", "nothing") ?? (window.film.base -= 0.6));
  await until("a nudge", () => shown(jonas), (film) => Number(film.rate) > 1);
  await inStep(jonas, 150);
  await jonas.shot("players-vimeo");

  await puts("https://vimeo.com/404003");
  await does(jonas, "playing");
  await jonas.sees(() => window.onecouch.state().follow.state === "running");
  await jonas.frame.locator("body").evaluate(() => { window.film.settle(); window.film.base -= 4; });
  await inStep(jonas, 1500);
  assert.equal((await shown(jonas)).rate, "1", "one whose owner forbids rates is sought into place");

  await puts("https://vimeo.com/404001");
  await jonas.page.getByText("Your browser plays it without sound.").waitFor();
  await puts("https://vimeo.com/404002");
  await jonas.page.getByText("Its owner does not allow it outside Vimeo.", { exact: false }).waitFor();
  await jonas.leaves();
});

test("Twitch's recordings are sought into place, its channels only start and stop, and an empty channel says so", async () => {
  const link = await puts("https://www.twitch.tv/videos/123456789");
  const jonas = await comes(link);
  await agrees(jonas, "Twitch");
  assert.match(jonas.asked[0].url, /video=v123456789&parent=127\.0\.0\.1/);
  await does(jonas, "playing");
  await inStep(jonas, 1500);
  await stage.types("/seek time:0:50");
  await until("a film at 0:50", () => shown(jonas), (film) => film.doing === "playing" && Number(film.time) >= 49);
  await stage.types("/pause");
  await does(jonas, "paused");

  await puts("https://www.twitch.tv/somebody");
  await does(jonas, "playing");
  await stage.types("/pause");
  await does(jonas, "paused");
  await stage.types("/play");
  await does(jonas, "playing");
  await jonas.shot("players-twitch");
  await puts("https://www.twitch.tv/nobodyhome");
  await jonas.page.getByText("This channel is not live at the moment.", { exact: false }).waitFor();
  await jonas.leaves();
});

test("a platform that only frames is started by hand, in a frame that may touch nothing, and holds nobody up", async () => {
  const link = await puts("https://kick.com/somebody");
  const jonas = await comes(link);
  await agrees(jonas, "Kick");
  await jonas.page.getByText("Kick takes no orders from this page: everybody presses play in the player.").waitFor();
  const frame = jonas.page.locator("iframe.film");
  assert.equal(await frame.getAttribute("src"), "https://player.kick.com/somebody");
  assert.equal(await frame.getAttribute("sandbox"), "allow-scripts allow-same-origin allow-presentation");
  await jonas.page.getByText("By hand").first().waitFor();
  await jonas.shot("players-kick");

  await puts("https://www.dailymotion.com/video/x8abcde");
  await agrees(jonas, "Dailymotion");
  await jonas.sees(() => window.onecouch.state().room.playback.playing, undefined);
  await stage.types("/seek time:1:30");
  await jonas.page.getByRole("button", { name: /Begin at 1:3\d/ }).click();
  await until("a frame that begins there", () => frame.getAttribute("src"), (src) => /player\.html\?video=x8abcde&startTime=9\d/.test(src ?? ""));
  await jonas.shot("players-by-hand");
  await puts(stage.film);
  await jonas.plays();
  await jonas.leaves();
});

test("HLS with its sound apart and DASH really play, in step", async () => {
  const link = await puts(`${stage.web}made/film.m3u8`);
  const jonas = await comes(link);
  await jonas.plays();
  const sounds = () => jonas.page.evaluate(() => window.onecouch.video().webkitAudioDecodedByteCount);
  await until("its sound", sounds, (bytes) => bytes > 0);
  await stage.types("/seek time:0:30");
  await jonas.sees(() => window.onecouch.video().currentTime >= 30);
  await jonas.plays();

  await puts(`${stage.web}made/film.mpd`);
  await jonas.sees(() => window.onecouch.state().room.current?.player === "dash");
  await jonas.plays();
  await stage.types("/seek time:0:20");
  await jonas.sees(() => window.onecouch.video().currentTime >= 20);
  await jonas.plays();
  await until("its sound", sounds, (bytes) => bytes > 0);
  await jonas.leaves();
});

test("a stream that the page may not read, one that is gone, and a file that is none say which", async () => {
  const link = await puts(`${stage.web}closed/film.m3u8`);
  const jonas = await comes(link);
  await jonas.page.getByText("does not let this page load it", { exact: false }).waitFor();
  await jonas.shot("players-relay");
  // Its playlist is there and its parts are not.
  await jonas.context.route("**/made/nothing*", (route) => route.fulfill({ status: 404, headers: { "access-control-allow-origin": "*" } }));
  await puts(`${stage.web}made/gone.m3u8`);
  await jonas.page.getByText("has nothing at this link", { exact: false }).waitFor();
  await puts(`${stage.web}closed/film.mpd`);
  await jonas.page.getByText("does not let this page load it", { exact: false }).waitFor();
  await puts(`${stage.web}files/noise.mp4`);
  await jonas.page.getByText("not with something that your browser can play", { exact: false }).waitFor();
  await jonas.leaves();
});
