// Who knows the truth: a socket without any delay that pings all the time, gives the commands, and notes what the room does.

/** Runs in a page of the same browser as the tabs, so that all read the same clock. */
const watch = ({ url, token }) => {
  const wall = () => performance.timeOrigin + performance.now();
  const seen = { pings: [], vectors: [] };
  const socket = new WebSocket(url);
  const note = (s, playback) => seen.vectors.push({ s, playback, heard: wall() });
  socket.onopen = () => {
    socket.send(JSON.stringify({ type: "hello", token, watches: false }));
    setInterval(() => socket.send(JSON.stringify({ type: "ping", c: wall() })), 200);
  };
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === "pong") seen.pings.push({ sent: frame.c, s: frame.s, received: wall() });
    else if (frame.type === "welcome") note(frame.s, frame.room.playback);
    else if (frame.type === "event" && frame.kind === "playback") note(frame.s, frame.playback);
    else if (frame.type === "refused") seen.refused = frame;
  };
  let count = 0;
  window.bench = {
    seen,
    ready: () => socket.readyState === 1 && seen.vectors.length > 0 && seen.pings.length > 3,
    command: (body) => {
      count += 1;
      socket.send(JSON.stringify({ type: "command", id: `b${count}`, ...body }));
      return wall();
    },
  };
};

export class Observer {
  static async open(browser, server, room, token) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const url = `${server.url.replace("http", "ws")}/api/v1/rooms/${room}/ws`;
    await page.evaluate(watch, { url, token });
    await page.waitForFunction(() => window.bench.ready());
    return new Observer(page);
  }

  constructor(page) {
    this.page = page;
  }

  /** Gives a command; answers when it was given, ms of the browser's wall clock. */
  command(body) {
    return this.page.evaluate((body) => window.bench.command(body), body);
  }

  async truth() {
    const seen = await this.page.evaluate(() => window.bench.seen);
    if (seen.refused) throw new Error(`a command was refused: ${JSON.stringify(seen.refused)}`);
    return new Truth(seen);
  }
}

/** The server's clock and the room's vectors, as they were. */
export class Truth {
  constructor({ pings, vectors }) {
    // The server writes whole milliseconds, rounded down.
    const lower = Math.max(...pings.map((ping) => ping.s - ping.received));
    const upper = Math.min(...pings.map((ping) => ping.s + 1 - ping.sent));
    this.offset = (lower + upper) / 2;
    this.width = upper - lower;
    this.vectors = vectors;
  }

  /** The server's time at a time of the browser's wall clock. */
  server(wall) {
    return wall + this.offset;
  }

  /** The vector that held at a server time. */
  vector(time) {
    let found = this.vectors[0];
    for (const vector of this.vectors) if (vector.s <= time) found = vector;
    return found.playback;
  }

  target(time) {
    const { playing, position_ms, rate, at } = this.vector(time);
    return playing && time > at ? position_ms + rate * (time - at) : position_ms;
  }
}
