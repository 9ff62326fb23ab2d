// A Telegram for the stories: its web client, which shows a Mini App in a frame, and its script, which the page loads. Both are
// small, and written after https://core.telegram.org/bots/webapps and https://docs.telegram-mini-apps.com/platform/methods.

import { createHmac } from "node:crypto";

export const CLIENT = "https://web.telegram.org/k/";
const SCRIPT = "https://telegram.org/js/telegram-web-app.js";

export const DARK = {
  bg_color: "#17212b", secondary_bg_color: "#232e3c", section_bg_color: "#17212b", text_color: "#f5f5f5", hint_color: "#708499",
  subtitle_text_color: "#708499", link_color: "#6ab3f3", button_color: "#5288c1", button_text_color: "#ffffff",
};
export const LIGHT = {
  bg_color: "#ffffff", secondary_bg_color: "#f1f1f1", section_bg_color: "#ffffff", text_color: "#000000", hint_color: "#707579",
  subtitle_text_color: "#707579", link_color: "#3390ec", button_color: "#3390ec", button_text_color: "#ffffff",
};

const sign = (key, text) => createHmac("sha256", key).update(text).digest();

/** What Telegram says about who opens a Mini App. */
export function says(token, user, { start, at = Date.now() } = {}) {
  const fields = {
    user: JSON.stringify({ last_name: "", language_code: "en", allows_write_to_pm: true, ...user }),
    chat_instance: "-3788475317572404878", chat_type: "group", auth_date: String(Math.floor(at / 1000)),
    signature: "zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ",
    ...(start === undefined ? {} : { start_param: start }),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}`).sort().join("\n");
  const hash = sign(sign("WebAppData", token), lines).toString("hex");
  return new URLSearchParams({ ...fields, hash }).toString();
}

/** Telegram's script, as a page sees it: runs in the page. */
function script() {
  const told = new URLSearchParams(location.hash.slice(1));
  const listeners = {};
  const zero = { top: 0, right: 0, bottom: 0, left: 0 };
  // Telegram's own apps show the page without a frame, and listen in another way.
  const framed = window.parent !== window;
  const post = (eventType, eventData = {}) => framed && window.parent.postMessage(JSON.stringify({ eventType, eventData }), "https://web.telegram.org");
  const initData = told.get("tgWebAppData") ?? "";
  const version = told.get("tgWebAppVersion") ?? "6.0";
  const light = (hex) => parseInt(hex?.slice(1, 3) ?? "0", 16) > 127;
  const app = {
    initData,
    initDataUnsafe: Object.fromEntries(new URLSearchParams(initData)),
    version,
    platform: told.get("tgWebAppPlatform") ?? "unknown",
    themeParams: JSON.parse(told.get("tgWebAppThemeParams") ?? "{}"),
    get colorScheme() { return light(app.themeParams.bg_color) ? "light" : "dark"; },
    isFullscreen: false, safeAreaInset: zero, contentSafeAreaInset: zero,
    isVersionAtLeast: (wanted) => version.localeCompare(wanted, "en", { numeric: true }) >= 0,
    onEvent: (name, happened) => { (listeners[name] ??= []).push(happened); },
    ready: () => post("web_app_ready"),
    expand: () => post("web_app_expand"),
    close: () => post("web_app_close"),
    openLink: (url) => post("web_app_open_link", { url }),
    openTelegramLink: (url) => post("web_app_open_tg_link", { path_full: new URL(url).pathname + new URL(url).search }),
    setHeaderColor: (color_key) => post("web_app_set_header_color", { color_key }),
    setBackgroundColor: (color) => post("web_app_set_background_color", { color }),
    disableVerticalSwipes: () => post("web_app_setup_swipe_behavior", { allow_vertical_swipe: false }),
    requestFullscreen: () => post("web_app_request_fullscreen"),
    exitFullscreen: () => post("web_app_exit_fullscreen"),
    BackButton: {
      show: () => post("web_app_setup_back_button", { is_visible: true }),
      hide: () => post("web_app_setup_back_button", { is_visible: false }),
      onClick: (pressed) => app.onEvent("backButtonClicked", pressed),
    },
  };
  window.Telegram = { WebApp: app };
  const happens = (name) => (listeners[name] ?? []).forEach((happened) => happened());
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent) return;
    const { eventType, eventData } = JSON.parse(event.data);
    if (eventType === "theme_changed") { app.themeParams = eventData.theme_params; happens("themeChanged"); }
    else if (eventType === "back_button_pressed") happens("backButtonClicked");
    else if (eventType === "safe_area_changed") { app.safeAreaInset = eventData; happens("safeAreaChanged"); }
    else if (eventType === "content_safe_area_changed") { app.contentSafeAreaInset = eventData; happens("contentSafeAreaChanged"); }
    else if (eventType === "fullscreen_changed") app.isFullscreen = eventData.is_fullscreen;
    else if (eventType === "visibility_changed" && eventData.is_visible) happens("activated");
  });
}

/** Telegram's web client in this person's browser. */
export class Telegram {
  static async for(person, stage) {
    await person.context.route(SCRIPT, (route) => route.fulfill({ contentType: "text/javascript", body: `(${script})()` }));
    await person.context.route(`${CLIENT}**`, (route) => route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><meta name="viewport" content="width=device-width"><style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}</style>
        <script>window.told = []; addEventListener("message", (event) => told.push(JSON.parse(event.data)));</script>`,
    }));
    // The real one stands in the same internet as the server; here it would be a foreign page that reaches into this machine.
    await person.context.grantPermissions(["local-network-access"]);
    return new Telegram(person, stage);
  }

  constructor(person, stage) {
    Object.assign(this, { person, stage });
  }

  /** Opens the Mini App with what Telegram says of somebody; nothing where it says nothing. */
  async opens(said, { theme = DARK, version = "9.0", platform = "web", start } = {}) {
    const address = this.#address(said, { theme, version, platform, start });
    await this.person.page.goto(CLIENT);
    await this.person.page.evaluate((src) => {
      const frame = document.createElement("iframe");
      Object.assign(frame, { src, allow: "autoplay; fullscreen; local-network-access" });
      document.body.append(frame);
    }, address);
    this.app = this.person.page.frameLocator("iframe");
    const frame = await (await this.person.page.waitForSelector("iframe")).contentFrame();
    this.frame = frame;
    return this;
  }

  /** Loads the Mini App again, as the entry of Telegram's menu does. */
  async reloads() {
    const loaded = this.person.page.waitForEvent("framenavigated", (frame) => frame === this.frame);
    await this.frame.evaluate(() => location.reload());
    await loaded;
  }

  /** The same as one of Telegram's own apps does it: without a frame. */
  async opensAlone(said, { theme = DARK, version = "9.0", platform = "android" } = {}) {
    await this.person.page.goto(this.#address(said, { theme, version, platform }));
    this.app = this.person.page;
    this.frame = this.person.page;
    return this;
  }

  #address(said, { theme, version, platform, start }) {
    const told = new URLSearchParams({ tgWebAppVersion: version, tgWebAppPlatform: platform, tgWebAppThemeParams: JSON.stringify(theme) });
    if (said !== undefined) told.set("tgWebAppData", said);
    return `${this.stage.url}/tg${start === undefined ? "" : `?tgWebAppStartParam=${start}`}#${told}`;
  }

  /** Tells the Mini App something. */
  tells(eventType, eventData = {}) {
    return this.person.page.evaluate((text) => document.querySelector("iframe").contentWindow.postMessage(text, "*"), JSON.stringify({ eventType, eventData }));
  }

  /** Waits until the Mini App has told this, and answers it. */
  async hears(eventType, wanted = {}) {
    const found = await this.person.page.waitForFunction(
      ([type, data]) => window.told.find((one) => one.eventType === type && Object.entries(data).every(([name, value]) => one.eventData[name] === value)),
      [eventType, wanted],
    );
    return (await found.jsonValue()).eventData;
  }

  /** Forgets what was told so far. */
  forgets() {
    return this.person.page.evaluate(() => { window.told = []; });
  }

  /** Waits until something is true in the Mini App. */
  sees(isIt, argument) {
    return this.frame.waitForFunction(isIt, argument, { polling: 50 });
  }
}
