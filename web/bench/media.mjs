// Serves the film with ranges, late by a latency, and to each tab at a speed of its own.

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const SLICE_MS = 40;

export class Media {
  /** Bytes a second by tab; a tab that is not named has no limit. */
  speeds = new Map();
  requests = 0;

  constructor(path, latency) {
    this.path = path;
    this.size = statSync(path).size;
    this.latency = latency;
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  listen(port) {
    return new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async answer(request, response) {
    if (request.url.startsWith("/oembed")) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ type: "video", title: "Test picture", author_name: "bench" }));
      return;
    }
    this.requests += 1;
    const tab = request.headers["x-bench-tab"];
    await sleep(this.latency);
    const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const start = Number(from);
    const end = to === "" ? this.size - 1 : Math.min(Number(to), this.size - 1);
    if (start > end) {
      response.writeHead(416, { "content-range": `bytes */${this.size}` }).end();
      return;
    }
    response.writeHead(request.headers.range ? 206 : 200, {
      "content-type": "video/mp4",
      "accept-ranges": "bytes",
      "content-length": end - start + 1,
      "cache-control": "no-store",
      ...(request.headers.range ? { "content-range": `bytes ${start}-${end}/${this.size}` } : {}),
    });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    await this.pour(createReadStream(this.path, { start, end, highWaterMark: 16_384 }), response, tab);
  }

  /** Writes at the tab's speed, which may change meanwhile; 0 holds everything back. */
  async pour(stream, response, tab) {
    let owed = 0;
    let last = performance.now();
    for await (const piece of stream) {
      while (this.speeds.has(tab) && owed < piece.length) {
        await sleep(SLICE_MS);
        const now = performance.now();
        // What was not used is not saved up for longer than a few slices.
        owed = Math.min(owed + ((now - last) / 1000) * this.speeds.get(tab), 65_536);
        last = now;
        if (response.destroyed) return;
      }
      if (response.destroyed) return;
      owed -= piece.length;
      if (!response.write(piece)) await drained(response);
      if (!this.speeds.has(tab)) last = performance.now();
    }
    response.end();
  }
}

/** Until more can be written, or nothing any more. */
const drained = (response) => new Promise((resolve) => {
  const go = () => {
    response.off("drain", go).off("close", go);
    resolve();
  };
  response.on("drain", go).on("close", go);
});
