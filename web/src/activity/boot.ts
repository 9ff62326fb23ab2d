/** What the server puts into the page. */
export interface Boot {
  /** `null` where the server could not ask Discord for it. */
  readonly application: string | null;
  /** Where the server is reached outside of Discord, without a slash at the end. */
  readonly home: string;
}

function read(): Boot {
  let data: unknown = null;
  try {
    data = JSON.parse(document.getElementById('boot')?.textContent ?? 'null');
  } catch {
    // Then there is nothing to know, and the page says so.
  }
  const said = (data as { activity?: { application_id?: unknown; public_url?: unknown } } | null)?.activity;
  const { application_id: application, public_url: home } = said ?? {};
  return {
    application: typeof application === 'string' ? application : null,
    home: typeof home === 'string' ? home : location.origin,
  };
}

export const boot: Boot = /* @__PURE__ */ read();

/** A link of this server as it is reached from here: through Discord's proxy, which is the page's own address. */
export const ours = (url: string): string | null =>
  url.startsWith('/') ? url : url.startsWith(`${boot.home}/`) ? url.slice(boot.home.length) : null;
