/**
 * The portable suite as a program of a server's platform: a line of JSON for each case.
 *
 *   program.mjs GUEST PLACE
 *
 * PLACE is what the cases need to know of the platform, as JSON: see `all.mjs`.
 */
import * as tokiwa from "tokiwa";
import * as net from "tokiwa/net";
import { casesFor, runCase } from "./suite/suite.mjs";

/** A case that takes longer hangs. */
const CASE_MAX_MS = 30_000;

const [guest, known] = process.argv.slice(-2);
const place = { tokiwa, net, guest: new URL(`file://${guest}`), ...JSON.parse(known) };
for (const [feature, name] of casesFor(place.lacks)) {
  console.log(JSON.stringify({ feature, name, problem: await problemOf(feature, name) }));
}
// The process ends by itself, or something is wrong.

async function problemOf(feature, name) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("it hangs")), CASE_MAX_MS);
  });
  try {
    await Promise.race([runCase(place, feature, name), late]);
    return undefined;
  } catch (error) {
    return error.stack;
  } finally {
    clearTimeout(timer);
  }
}
