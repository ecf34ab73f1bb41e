/** A server of pages for tests that drive a browser. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

const TYPES: Record<string, string> = {
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

export interface WebServer {
  readonly origin: string;
  close(): void;
}

/**
 * Serves the project's files, an empty page at `/`, and what `made` has under its own path.
 * `tokiwa` is the single file: workers have no import maps, so the name is replaced.
 */
export async function serveWeb(isolated: boolean, made: Record<string, Uint8Array>) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const headers = { "content-type": TYPES[extname(pathname)] ?? "text/plain" };
    try {
      const body = made[pathname] ?? (await fileAt(pathname));
      response.writeHead(200, isolated ? { ...headers, ...ISOLATION } : headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return serverAt(server);
}

async function fileAt(pathname: string): Promise<string> {
  if (pathname === "/") return "<!doctype html><title>tokiwa</title>";
  const text = await readFile(join(root, pathname), "utf8");
  return text.replaceAll('from "tokiwa"', 'from "/dist/browser.js"');
}

function serverAt(server: Server): WebServer {
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
