// Opens the page where there is no network, and keeps an open page whole while the server is renewed. It keeps what the build
// made, nothing else: never an answer of the API, never media; and the page itself comes from the network wherever there is one.
const KEPT = `onecouch-${BUILD}`;
/** The addresses that are the page. */
const PAGE = /^\/(?:$|[jr]\/|recover$)/;
const files = new Set(FILES);

self.addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(KEPT);
    // Not out of the browser's own cache: the page must name the files that are kept beside it.
    await cache.addAll([new Request('/', { cache: 'reload' }), ...FILES]);
  };
  event.waitUntil(keep());
});

// No `skipWaiting`: a page that is open goes on with the files it began with, and the next one is served by this.
self.addEventListener('activate', (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name.startsWith('onecouch-') && name !== KEPT) await caches.delete(name);
  };
  event.waitUntil(clean());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (PAGE.test(url.pathname)) event.respondWith(fetch(request).catch(async () => (await kept('/')) ?? Response.error()));
  } else if (files.has(url.pathname)) {
    event.respondWith(kept(url.pathname).then((found) => found ?? fetch(request)));
  }
});

const kept = async (path) => (await caches.open(KEPT)).match(path);
