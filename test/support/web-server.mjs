/** A server of pages for tests and benches that drive a browser. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

const TYPES = {
  "": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** What makes a page cross-origin isolated: so it may share memory. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** @typedef {{ readonly origin: string, close(): void }} WebServer */

/**
 * Serves the project's files, an empty page at `/`, and what `made` has under its own path.
 * `tokiwa` is the single file: workers have no import maps, so the name is replaced.
 *
 * @param {boolean} isolated Whether the pages may share memory.
 * @param {Record<string, Uint8Array>} made
 * @returns {Promise<WebServer>}
 */
export async function serveWeb(isolated, made) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const headers = {
      "content-type": TYPES[extname(pathname)] ?? "text/plain",
      // As files are served that have their version in their name: a browser is new each time.
      "cache-control": "max-age=3600",
      // Pages of other servers may import from this one.
      "access-control-allow-origin": "*",
    };
    try {
      const body = made[pathname] ?? (await fileAt(pathname));
      response.writeHead(200, isolated ? { ...headers, ...ISOLATION } : headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return serverAt(server);
}

async function fileAt(pathname) {
  if (pathname === "/") return "<!doctype html><title>tokiwa</title>";
  const bytes = await readFile(join(root, pathname));
  if (!/\.m?js$/.test(pathname)) return bytes;
  return bytes.toString().replaceAll('from "tokiwa"', 'from "/dist/browser.js"');
}

function serverAt(server) {
  const { port } = server.address();
  return {
    origin: `http://localhost:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
