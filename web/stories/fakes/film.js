// A film as the fakes of providers' players play it: starts and seeks cost time, and a browser may forbid its start.
"use strict";

/** Tells `heard(name)` of `playing`, `pause`, `buffering`, `ended`, `seeked`, `blocked`. */
class Film {
  constructor({ length = 120, startCost = 80, seekCost = 120, forbidden = false, heard }) {
    Object.assign(this, { length, startCost, seekCost, forbidden, heard, muted: false, volume: 1, rate: 1, doing: "nothing", stands: false });
    this.base = 0;
    this.since = performance.now();
  }

  get time() {
    const moving = this.doing === "playing" && !this.stands ? ((performance.now() - this.since) / 1000) * this.rate : 0;
    return Math.min(this.length, this.base + moving);
  }

  settle() {
    this.base = this.time;
    this.since = performance.now();
  }

  to(doing, told = doing) {
    this.settle();
    this.doing = doing;
    this.heard(told);
  }

  /** `byHand` is a press in the player itself: the browser allows sound then. */
  play(byHand = false) {
    if (this.doing === "playing") return;
    if (this.forbidden && !byHand && !this.muted) return void this.heard("blocked");
    this.forbidden = false;
    clearTimeout(this.timer);
    this.to("buffering");
    this.timer = setTimeout(() => this.to("playing"), this.startCost);
  }

  pause() {
    clearTimeout(this.timer);
    if (this.doing !== "paused") this.to("paused", "pause");
  }

  seek(time) {
    const went = this.doing === "playing" || this.doing === "buffering";
    clearTimeout(this.timer);
    this.settle();
    this.base = Math.max(0, Math.min(this.length, time));
    if (went) this.to("buffering");
    this.timer = setTimeout(() => {
      if (went) this.to("playing");
      this.heard("seeked");
    }, this.seekCost);
  }

  setRate(rate) {
    this.settle();
    this.rate = rate;
  }

  /** The provider puts an advertisement in: the film stands, and still says that it plays. */
  advert(ms) {
    this.settle();
    this.stands = true;
    setTimeout(() => {
      this.settle();
      this.stands = false;
    }, ms);
  }
}

/** The player's own buttons, and what it shows. */
function draw(film) {
  for (const [kind, id] of [["p", "at"], ["button", "play"], ["button", "pause"], ["button", "jump"]]) {
    document.body.append(Object.assign(document.createElement(kind), { id, textContent: id }));
  }
  document.querySelector("#play").onclick = () => film.play(true);
  document.querySelector("#pause").onclick = () => film.pause();
  document.querySelector("#jump").onclick = () => film.seek(90);
  setInterval(() => {
    const { doing, time, rate, muted, volume } = film;
    document.querySelector("#at").textContent = `${doing} ${time.toFixed(1)}`;
    Object.assign(document.body.dataset, { doing, time: String(time), rate: String(rate), muted: String(muted), volume: String(volume) });
    if (doing === "playing" && time >= film.length) film.to("ended");
  }, 50);
  window.film = film;
}
