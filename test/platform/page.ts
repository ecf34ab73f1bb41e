/**
 * The portable suite in a page of Chromium, with `dist/browser.js` as tokiwa.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { afterAll } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { buildFixture } from "../support/guests.ts";
import { serveWeb } from "../support/web-server.ts";
import type { Lacks } from "./declare-suite.ts";

const guest = await readFile(await buildFixture("portable"));
const browser = await launchChromium();
afterAll(() => browser.close());

/** Opens a page, which may share memory if it is `isolated`; gives what runs a case there. */
export async function openSuite(isolated: boolean, lacks: Lacks) {
  const made = { "/portable.wasm": guest, "/net.mjs": await bundleNet() };
  const server = await serveWeb(isolated, made);
  afterAll(() => server.close());
  const page = await browser.newPage();
  await page.goto(server.origin);
  await page.addScriptTag({ type: "module", url: "/test/platform/suite/page.mjs" });
  await page.waitForFunction(() => "problemOf" in globalThis);
  return async (feature: string, name: string) => {
    const wanted: [Lacks, string, string] = [lacks, feature, name];
    const problem = await page.evaluate((wanted) => problemOf(wanted), wanted);
    if (problem !== undefined) throw new Error(`in the page: ${problem}`);
  };
}

/** `tokiwa/net` as a bundler gives it to pages: by the conditions of package.json. */
async function bundleNet(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: ["dist/net.js"],
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

/** Runs in the page, where `suite/page.mjs` has defined it. */
declare const problemOf: (wanted: [Lacks, string, string]) => Promise<string | undefined>;
