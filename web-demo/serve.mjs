/**
 * Serves the built demo on this machine:
 * `npm run demo -- [--port N] [--minutes N] [--not-isolated]`.
 *
 * The port is any that is free if it is 0 or left out. The server ends by itself, after an hour if
 * nothing else is said.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { buildDemo, folder } from "./build.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".map": "application/json",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** With these, a page may share memory with its workers. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Starts serving; resolves to the server once it listens. */
export async function serveDemo({ port = 0, isIsolated = true } = {}) {
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const path = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
    const isFile = path.startsWith(folder) && (await stat(path).catch(() => undefined))?.isFile();
    if (!isFile) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
      "cache-control": "no-cache",
      ...(isIsolated ? ISOLATION : {}),
    });
    createReadStream(path).pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}

if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith("serve.mjs")) {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      minutes: { type: "string", default: "60" },
      "not-isolated": { type: "boolean", default: false },
    },
  });
  await buildDemo();
  const isIsolated = !values["not-isolated"];
  const server = await serveDemo({ port: Number(values.port), isIsolated });
  console.log(`http://localhost:${server.address().port}/ for ${values.minutes} minutes`);
  setTimeout(() => process.exit(), Number(values.minutes) * 60_000);
}
