// Shows a bundle in place of the one that is in the server, so that a change of the viewer can be measured without building it.

import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

const TYPES = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8", ".webmanifest": "application/manifest+json" };

/** Answers for the server's own pages and assets within a context. */
export const showing = (dir) => async (context) => {
  // A page that the browser did not fetch itself has no address, and would have to ask before it speaks to this machine.
  await context.grantPermissions(["local-network-access"]);
  await context.route(/^http:\/\/127\.0\.0\.1:\d+\/(assets\/|r\/|theme\.js)/, async (route) => {
    const path = new URL(route.request().url()).pathname;
    const file = path.startsWith("/r/") ? join(dir, "index.html") : join(dir, path);
    if (!existsSync(file)) return route.fulfill({ status: 404, body: "" });
    // The server's own headers, its policy above all.
    const headers = path.startsWith("/r/") ? (await route.fetch()).headers() : {};
    delete headers["content-length"];
    delete headers["content-encoding"];
    return route.fulfill({ status: 200, headers: { ...headers, "content-type": TYPES[extname(file)] ?? "application/octet-stream" }, body: readFileSync(file) });
  });
};
