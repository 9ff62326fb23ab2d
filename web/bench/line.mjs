// One tab's line to the server: everything passes, what a WebSocket says comes late by a random time, in order, each way.

import { connect, createServer } from "node:net";

export class Line {
  sockets = new Set();

  constructor(port, to, draw) {
    this.port = port;
    this.to = to;
    /** Gives the delay of the next piece, ms. */
    this.draw = draw;
    this.server = createServer((from) => this.pass(from));
  }

  /** Port 0 takes any that is free. */
  async listen() {
    await new Promise((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
    this.port = this.server.address().port;
  }

  /** Breaks the WebSockets that are open. */
  cut() {
    for (const pair of this.sockets) if (pair.late) pair.end();
  }

  close() {
    for (const pair of this.sockets) pair.end();
    this.server.close();
  }

  pass(from) {
    const to = connect(this.to, "127.0.0.1");
    const pair = { late: false, end: () => [from, to].forEach((socket) => socket.destroy()) };
    this.sockets.add(pair);
    for (const socket of [from, to]) {
      socket.setNoDelay(true);
      socket.on("error", () => pair.end());
      socket.on("close", () => {
        this.sockets.delete(pair);
        pair.end();
      });
    }
    from.once("data", (head) => {
      pair.late = /^upgrade:\s*websocket/im.test(head.toString("latin1"));
    });
    this.carry(from, to, pair);
    this.carry(to, from, pair);
  }

  carry(from, to, pair) {
    let free = 0;
    // Timers of unlike length may go off in another order than they are due: each lets go of what is first.
    const waiting = [];
    from.on("data", (piece) => {
      if (!pair.late) {
        to.write(piece);
        return;
      }
      const now = performance.now();
      // Nothing overtakes on a TCP line.
      free = Math.max(free, now + this.draw());
      waiting.push(piece);
      setTimeout(() => {
        const first = waiting.shift();
        if (!to.destroyed) to.write(first);
      }, free - now);
    });
  }
}
