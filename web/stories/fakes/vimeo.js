// Vimeo's embed, as far as its player.js speaks. The video's number says what happens.
"use strict";

const id = location.pathname.split("/").pop();
const wanted = new Set();
const post = (message) => parent.postMessage(JSON.stringify(message), "*");
const where = () => ({ seconds: Math.round(film.time * 100) / 100, percent: film.time / film.length, duration: film.length });
const tell = (event, data = where()) => wanted.has(event) && post({ event, data });
const wrong = (name, method) => post({ event: "error", data: { name, method, message: `${name} of ${method}` } });

const film = new Film({
  forbidden: id === "404001",
  heard: (what) => {
    if (what === "blocked") wrong("NotAllowedError", "play");
    else if (what === "buffering") tell("bufferstart", {});
    else if (what === "playing") {
      tell("bufferend", {});
      tell("playing");
    } else tell(what);
  },
});

const DOES = {
  ping: () => post({ method: "ping" }),
  addEventListener: (name) => wanted.add(name),
  getDuration: () => post({ method: "getDuration", value: film.length }),
  play: () => film.play(),
  pause: () => film.pause(),
  setCurrentTime: (time) => film.seek(time),
  setPlaybackRate: (rate) => (id === "404003" ? wrong("Error", "setPlaybackRate") : film.setRate(rate)),
  setVolume: (volume) => { film.volume = volume; },
  setMuted: (muted) => { film.muted = muted; },
};

window.addEventListener("message", (event) => {
  if (event.source === parent) DOES[event.data.method]?.(event.data.value);
});
setInterval(() => film.doing === "playing" && tell("timeupdate"), 250);
draw(film);
if (id === "404002") wrong("PrivacyError", "ready");
else post({ event: "ready" });
