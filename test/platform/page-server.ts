/**
 * Serves the page that runs the portable suite, with `dist/browser.js` as tokiwa.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { serveWeb, type WebServer } from "../support/web-server.mjs";

/** What brings the suite into the page; it then has `problemOf`. */
export const SUITE = "/test/platform/suite/page.mjs";

/** A page that may share memory if it is `isolated`. */
export async function servePage(isolated: boolean, guest: Uint8Array): Promise<WebServer> {
  return serveWeb(isolated, { "/portable.wasm": guest, "/net.mjs": await bundleNet() });
}

/** `tokiwa/net` as a bundler gives it to pages: by the conditions of package.json. */
async function bundleNet(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../dist/net.js", import.meta.url))],
    // That of the project leads to the sources.
    tsconfigRaw: {},
    bundle: true,
    format: "esm",
    conditions: ["browser"],
    platform: "browser",
    write: false,
  });
  return outputFiles[0]?.contents as Uint8Array;
}
