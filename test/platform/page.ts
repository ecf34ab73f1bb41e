/**
 * The portable suite in a page of Chromium.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { afterAll } from "vitest";
import { launchChromium } from "../support/chromium.mjs";
import { buildFixture } from "../support/guests.ts";
import type { Lacks } from "./declare-suite.ts";
import { SUITE, servePage } from "./page-server.ts";

const guest = await readFile(await buildFixture("portable"));
const browser = await launchChromium();
afterAll(() => browser.close());

/** Opens a page, which may share memory if it is `isolated`; gives what runs a case there. */
export async function openSuite(isolated: boolean, lacks: Lacks) {
  const server = await servePage(isolated, guest);
  afterAll(() => server.close());
  const page = await browser.newPage();
  await page.goto(server.origin);
  await page.addScriptTag({ type: "module", url: SUITE });
  await page.waitForFunction(() => "problemOf" in globalThis);
  return async (feature: string, name: string) => {
    const wanted: [Lacks, string, string] = [lacks, feature, name];
    const problem = await page.evaluate((wanted) => problemOf(wanted), wanted);
    if (problem !== undefined) throw new Error(`in the page: ${problem}`);
  };
}

/** Runs in the page, where `suite/page.mjs` has defined it. */
declare const problemOf: (wanted: [Lacks, string, string]) => Promise<string | undefined>;
