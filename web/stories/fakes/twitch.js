// Twitch's embed, as far as its own script speaks with it.
"use strict";

const asked = new URLSearchParams(location.search);
const channel = asked.get("channel");
const post = (namespace, eventName, params) => parent.postMessage({ namespace, eventName, params }, "*");
const PLAYBACK = { nothing: "Ready", buffering: "Buffering", playing: "Playing", paused: "Idle", ended: "Ended" };
const tell = () => post("twitch-embed-player-proxy", "UPDATE_STATE", {
  playback: PLAYBACK[film.doing], currentTime: film.time, duration: film.length, stats: { videoStats: { bufferSize: 10 } },
});

const film = new Film({
  forbidden: channel === "blockedstart",
  heard: (what) => {
    if (what === "blocked") return void post("twitch-embed", "playbackBlocked");
    if (what === "playing" || what === "pause" || what === "ended") post("twitch-embed", what);
    tell();
  },
});

const DOES = {
  2: () => film.pause(), 3: () => film.play(), 4: (time) => film.seek(time),
  10: (muted) => { film.muted = muted; }, 11: (volume) => { film.volume = volume; },
};

window.addEventListener("message", (event) => {
  if (event.source === parent && event.data.namespace === "twitch-embed-player-proxy") DOES[event.data.eventName]?.(event.data.params);
});
// The real one refuses to be framed by a page that is not named.
if (asked.get("parent") === null) throw new Error("no parent is named");
setInterval(() => film.doing === "playing" && tell(), 500);
draw(film);
setTimeout(() => post("twitch-embed", channel === "nobodyhome" ? "offline" : "ready"), 50);
