// A stand-in for Discord around an activity: its proxy, with the policy that it puts in place of ours, and its client, which frames
// the page and answers the calls of the published SDK. What people would do in Discord's windows is done by the story.

import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, request } from "node:http";

/** Where Discord's developers run their client; the SDK speaks to it as to discord.com. */
const CLIENT = "http://localhost:3333";

/** The layouts of a frame, as Discord numbers them. */
export const LAYOUT = { focused: 0, pip: 1, grid: 2 };

/**
 * Discord's proxy before a server: replaces its policy, gives inline scripts a nonce, and lets nothing else load. `opaque` is the
 * policy as a frame without an origin sees it on WebKit: there "self" names nobody.
 */
async function openProxy(target, application, opaque) {
  const server = createServer((asked, answer) => {
    const url = new URL(asked.url, target);
    const headers = { ...asked.headers, host: url.host };
    delete headers["accept-encoding"];
    const passed = request(url, { method: asked.method, headers }, async (came) => {
      const html = /text\/html/.test(came.headers["content-type"] ?? "");
      const out = { ...came.headers };
      delete out["content-security-policy"];
      if (!html) {
        answer.writeHead(came.statusCode, out);
        came.pipe(answer);
        return;
      }
      let page = "";
      for await (const piece of came.setEncoding("utf8")) page += piece;
      const nonce = randomBytes(8).toString("base64");
      const own = `http://${asked.headers.host}`;
      const self = opaque ? "" : "'self'";
      delete out["content-length"];
      delete out["cache-control"];
      out["content-security-policy"] = [
        "default-src 'none'", `script-src ${self} 'unsafe-eval' 'nonce-${nonce}' blob:`, `style-src ${self} 'unsafe-inline'`,
        `connect-src ${own}/ ${own.replace("http", "ws")}/ https://discord.com/api/`, `media-src ${own}/ blob: data:`,
        `img-src ${own}/ blob: data: https://cdn.discordapp.com/avatars/`, `frame-ancestors ${CLIENT}`,
      ].join("; ");
      answer.writeHead(came.statusCode, out);
      answer.end(page.replace(/<script(?![^>]*\b(?:src|type)=)/g, `<script nonce="${nonce}"`));
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  // Sockets go through as they are.
  server.on("upgrade", (asked, socket, head) => {
    const url = new URL(asked.url, target);
    const passed = request(url, { headers: { ...asked.headers, host: url.host } });
    passed.on("upgrade", (came, behind, first) => {
      const lines = Object.entries(came.headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
      socket.write(first);
      behind.write(head);
      behind.pipe(socket).pipe(behind);
      for (const one of [socket, behind]) one.on("error", () => undefined);
    });
    passed.on("error", () => socket.destroy());
    passed.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A story that fails on its way leaves it open.
  server.unref();
  // Like https://<application>.discordsays.com: an origin of the application's own.
  return { origin: `http://${application}.localhost:${server.address().port}`, close: () => server.closeAllConnections() ?? server.close() };
}

/** What runs in the client's page. */
function client({ src, opaque, user }) {
  const frame = document.createElement("iframe");
  frame.allow = "autoplay; fullscreen; encrypted-media";
  if (opaque) frame.sandbox = "allow-scripts allow-forms";
  frame.src = src;
  document.body.append(frame);
  const say = (data) => frame.contentWindow.postMessage([1, { nonce: null, evt: null, ...data }], "*");
  const answers = {
    AUTHORIZE: async () => ({ code: await window.authorize() }),
    AUTHENTICATE: ({ access_token }) => ({
      access_token, user, scopes: ["identify"], expires: "2030-01-01T00:00:00.000Z",
      application: { id: "1", description: "", name: "onecouch", icon: null },
    }),
    SUBSCRIBE: (_, evt) => ({ evt }),
    OPEN_EXTERNAL_LINK: () => ({ opened: true }),
    OPEN_INVITE_DIALOG: () => ({}),
    SHARE_LINK: () => ({ success: true, didCopyLink: false, didSendMessage: true }),
  };
  window.layout = (layout_mode) => say({ cmd: "DISPATCH", evt: "ACTIVITY_LAYOUT_MODE_UPDATE", data: { layout_mode } });
  window.addEventListener("message", async ({ source, data }) => {
    if (source !== frame.contentWindow || !Array.isArray(data)) return;
    const [opcode, told] = data;
    if (opcode === 0) {
      const config = { cdn_host: "cdn.discordapp.com", api_endpoint: "//discord.com/api", environment: "production" };
      say({ cmd: "DISPATCH", evt: "READY", data: { v: 1, config } });
      return;
    }
    if (opcode !== 1) return;
    const { cmd, args, evt, nonce } = told;
    window.asked({ cmd, args, evt });
    try {
      say({ cmd, nonce, data: await answers[cmd](args, evt) });
    } catch (error) {
      say({ cmd, nonce, evt: "ERROR", data: { code: 4000, message: String(error) } });
    }
  });
}

/** Somebody's Discord, with the activity open in it. */
export class Discord {
  /** Opens the activity. `authorize` answers with a code, or throws where the person does not agree. */
  static async opens(browser, stage, { opaque = false, authorize = stage.authorizes, ...options } = {}) {
    const opened = await stage.opensActivity();
    const proxy = await openProxy(stage.url, opened.application, opaque);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const discord = new Discord(context, page, proxy);
    page.on("pageerror", (error) => discord.troubles.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) discord.troubles.push(message.text());
    });
    // The client's own page: nothing listens there.
    await page.route(`${CLIENT}/**`, (route) => route.fulfill({
      contentType: "text/html",
      body: "<!doctype html><meta name=viewport content='width=device-width'><style>body{margin:0;background:#313338}iframe{display:block;width:100vw;height:100vh;border:0}</style>",
    }));
    await page.exposeFunction("authorize", async () => (await authorize()).code);
    await page.exposeFunction("asked", (call) => discord.calls.push(call));
    await page.goto(`${CLIENT}/channels/${opened.guild}/${opened.channel}`);
    const asked = new URLSearchParams({
      frame_id: createHash("sha256").update(opened.instance).digest("hex").slice(0, 16), instance_id: opened.instance,
      guild_id: opened.guild, channel_id: opened.channel, platform: options.isMobile ? "mobile" : "desktop",
      location_id: opened.instance, launch_id: "1",
    });
    const user = { id: "1", username: "maya", discriminator: "0", global_name: "Maya", avatar: null, public_flags: 0 };
    await page.evaluate(client, { src: `${proxy.origin}/?${asked}`, opaque, user });
    discord.frame = page.frames().find((frame) => frame !== page.mainFrame());
    return discord;
  }

  constructor(context, page, proxy) {
    Object.assign(this, { context, page, proxy, frame: null, calls: [], troubles: [] });
  }

  /** Waits until something is true in the activity. */
  sees(isIt, argument) {
    return this.frame.waitForFunction(isIt, argument, { polling: 50 });
  }

  /** Waits until the film plays, in step with the room. */
  plays() {
    return this.sees(() => {
      const video = window.onecouch?.video();
      return video && !video.paused && video.readyState >= 3 && Math.abs(window.onecouch.drift()) < 100;
    });
  }

  /** Discord shows less of the activity, or all of it again. */
  async shows(layout) {
    await this.page.evaluate((mode) => window.layout(mode), LAYOUT[layout]);
    await this.sees((name) => document.documentElement.dataset.layout === name, layout);
  }

  /** What the page asked of Discord by this command. */
  asked(cmd) {
    return this.calls.filter((call) => call.cmd === cmd);
  }

  async shot(path) {
    await this.page.screenshot({ path });
  }

  async leaves() {
    await this.context.close();
    this.proxy.close();
    if (this.troubles.length > 0) throw new Error(`the activity had troubles: ${this.troubles.join("; ")}`);
  }
}
