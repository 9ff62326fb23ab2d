// YouTube's embed, as far as its IFrame API speaks. The video's id says what happens: errors, a forbidden start.
"use strict";

const id = location.pathname.split("/").pop();
const ERRORS = { forbiddenxx: 150, goneforgood: 100, noreferrerx: 153 };
const STATES = { nothing: -1, ended: 0, playing: 1, paused: 2, buffering: 3 };
const wanted = new Set();
let host = null;

const say = (event, info) => host?.source.postMessage(JSON.stringify({ event, info, id: host.id, channel: "widget" }), host.origin);
const tell = (event, info) => wanted.has(event) && say(event, info);

const film = new Film({
  forbidden: id === "blockedhere",
  heard: (what) => {
    if (what === "blocked") tell("onAutoplayBlocked", null);
    else {
      tell("onStateChange", STATES[film.doing]);
      say("infoDelivery", { playerState: STATES[film.doing], currentTime: film.time });
    }
  },
});

const DOES = {
  playVideo: () => film.play(),
  pauseVideo: () => film.pause(),
  seekTo: ([time]) => film.seek(time),
  cueVideoById: ([{ startSeconds }]) => film.seek(startSeconds),
  // Before it has played it ignores rates, as the real one does.
  setPlaybackRate: ([rate]) => film.doing !== "nothing" && film.setRate(rate),
  setVolume: ([volume]) => { film.volume = volume / 100; },
  mute: () => { film.muted = true; },
  unMute: () => { film.muted = false; },
  addEventListener: ([name]) => {
    wanted.add(name);
    if (name === "onError" && ERRORS[id]) say("onError", ERRORS[id]);
  },
};

window.addEventListener("message", (event) => {
  if (event.source !== parent) return;
  const message = JSON.parse(event.data);
  if (message.event === "listening" && host === null) {
    host = { source: event.source, origin: event.origin, id: message.id };
    say("initialDelivery", { duration: film.length, playerState: -1, currentTime: 0, videoLoadedFraction: 0.2 });
  } else if (message.event === "command") DOES[message.func]?.(message.args);
});
setInterval(() => film.doing === "playing" && !film.stands && say("infoDelivery", { currentTime: film.time, videoLoadedFraction: 0.5 }), 200);
draw(film);
