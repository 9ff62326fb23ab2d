// A player like YouTube's, simulated: quarter steps, a command takes effect late, its page hears where it is four times a second.

/** The embedded page. Speaks the messages of the widget. */
export const PAGE = `<!doctype html><meta charset="utf-8"><title>simulated player</title><body style="background:#123;color:#fff">
<script>
const LATENCY = 120, START = 90, SEEK = 250, REPORT = 250, LENGTH = 180;
const wall = () => performance.timeOrigin + performance.now();
// Commands take effect in the order in which they came.
let free = 0;
const late = (spread) => {
  const now = performance.now();
  free = Math.max(free, now + LATENCY * (0.7 + 0.6 * Math.random()) + spread * (0.8 + 0.4 * Math.random()));
  return free - now;
};
let [base, since, rate, playing, state] = [0, 0, 1, false, 5];
let parent_origin = null;
const time = () => Math.min(LENGTH, base + (playing ? Math.max(0, performance.now() - since) / 1000 * rate : 0));
const settle = (moves = performance.now()) => { base = time(); since = moves; };
window.benchSeen = { samples: [], seeks: [] };
const told = () => ({ currentTime: time(), duration: LENGTH, playerState: state, videoLoadedFraction: 1, playbackRate: rate });
const tell = (event) => parent.postMessage(JSON.stringify({ event, id: 1, channel: "widget", info: told() }), "*");
const commands = {
  playVideo() { if (playing) return; setTimeout(() => { if (playing) return; base = time(); since = performance.now(); playing = true; state = 1; tell("infoDelivery"); }, late(START)); },
  pauseVideo() { setTimeout(() => { settle(); playing = false; state = 2; tell("infoDelivery"); }, late(0)); },
  seekTo(to) { window.benchSeen.seeks.push(wall()); setTimeout(() => { base = to; since = performance.now() + SEEK * (0.8 + 0.4 * Math.random()); tell("infoDelivery"); }, late(0)); },
  cueVideoById(what) { setTimeout(() => { base = what.startSeconds ?? 0; playing = false; state = 5; tell("infoDelivery"); }, late(0)); },
  setPlaybackRate(to) { setTimeout(() => { settle(); rate = to; tell("infoDelivery"); }, late(0)); },
};
addEventListener("message", ({ data }) => {
  let message; try { message = JSON.parse(data); } catch { return; }
  if (message.event === "listening") { tell("initialDelivery"); tell("onReady"); }
  else if (message.event === "command") commands[message.func]?.(...(message.args ?? []));
});
// It stands for a while and says nothing of it, as behind an advert.
window.benchHalt = (ms) => settle(performance.now() + ms);
setInterval(() => { if (state !== 5) tell("infoDelivery"); }, REPORT);
setInterval(() => window.benchSeen.samples.push({ wall: wall(), position: time() * 1000, paused: !playing, rate, seeking: false, ready: 4 }), 100);
</script>`;

/** Answers for YouTube within a context. */
export const simulate = (context) =>
  context.route(/^https:\/\/www\.youtube-nocookie\.com\//, (route) => route.fulfill({ contentType: "text/html", body: PAGE }));
