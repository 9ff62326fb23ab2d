// The real server, on data of its own that go with it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export class Server {
  static async start(program, port, mediaPort) {
    if (!existsSync(program)) throw new Error(`${program} is not there: run cargo build first, or name another by --server`);
    const place = mkdtempSync(join(tmpdir(), "onecouch-bench-"));
    const config = join(place, "config.toml");
    writeFileSync(config, `
[http]
listen = "127.0.0.1:${port}"
metrics_listen = ""
[database]
url = "sqlite://${place}/bench.db"
[resolve]
allow_private = ["127.0.0.1:${mediaPort}"]
[resolve.oembed]
youtube = "http://127.0.0.1:${mediaPort}/oembed"
[log]
filter = "warn"
`);
    const child = spawn(program, ["--config", config], { cwd: place, stdio: ["ignore", "ignore", "inherit"] });
    const server = new Server(child, place, `http://127.0.0.1:${port}`);
    for (let tries = 0; tries < 200; tries += 1) {
      if (child.exitCode !== null) throw new Error("the server did not start");
      const answer = await fetch(`${server.url}/readyz`).catch(() => null);
      if (answer?.ok) return server;
      await sleep(50);
    }
    throw new Error("the server did not get ready");
  }

  constructor(child, place, url) {
    Object.assign(this, { child, place, url });
  }

  async post(path, body, token) {
    const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const answer = await fetch(`${this.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text).data;
  }

  async stop() {
    if (this.child.exitCode === null) {
      this.child.kill("SIGTERM");
      await once(this.child, "exit");
    }
    rmSync(this.place, { recursive: true, force: true });
  }
}
