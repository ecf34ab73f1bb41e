/**
 * The portable suite in a page of Firefox: a line of JSON for each case.
 *
 *   firefox-program.mjs isolated|apart GUEST PLACE
 */
import { readFile } from "node:fs/promises";
import { launchFirefox } from "../support/firefox.ts";
import { SUITE, servePage } from "./page-server.ts";
import { casesFor } from "./suite/suite.mjs";

const [kind, guest = "", known = ""] = process.argv.slice(2);
const { lacks } = JSON.parse(known);
const server = await servePage(kind === "isolated", await readFile(guest));
const firefox = await launchFirefox();
try {
  await firefox.open(server.origin);
  await firefox.call(`async () => { await import("${SUITE}"); }`);
  for (const [feature, name] of casesFor(lacks)) {
    const wanted = JSON.stringify([lacks, feature, name]);
    const problem = await firefox.call("(wanted) => problemOf(JSON.parse(wanted))", wanted);
    console.log(JSON.stringify({ feature, name, problem }));
  }
} finally {
  await firefox.close();
  server.close();
}
