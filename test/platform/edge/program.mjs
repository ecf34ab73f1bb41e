/**
 * The portable suite at the edge: a line of JSON for each case, of which each is a request.
 *
 *   program.mjs KIND PACKAGES GUEST PLACE
 */
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { casesFor } from "../suite/suite.mjs";
import { serveOnEdgeLight } from "./edge-light.mjs";
import { checkExample } from "./example.mjs";
import { serveOnWorkerd } from "./workerd.mjs";

/** A case that takes longer hangs. */
const CASE_MAX_MS = 10_000;

const [kind, packages, , known] = process.argv.slice(2);
const serve = {
  workerd: (entry) => serveOnWorkerd(join(packages, "node_modules/.bin/workerd"), entry),
  "edge-light": (entry) => serveOnEdgeLight(packages, entry),
}[kind];
const echo = createServer((socket) => socket.pipe(socket));
await new Promise((listening) => echo.listen(0, "127.0.0.1", listening));
const place = { ...JSON.parse(known), echo: `localhost:${echo.address().port}` };
const suite = await serve(resolve("suite/edge.mjs"));
for (const [feature, name] of casesFor(place.lacks)) {
  console.log(JSON.stringify({ feature, name, problem: await problemOf(feature, name) }));
}
suite.close();
echo.close();
const example = await serve(resolve("edge-function/worker.js"));
await checkExample(example.origin);
example.close();
// Nobody tells an isolate of its end: one that shares this process would keep it with its timers.
process.exit();

async function problemOf(feature, name) {
  const body = JSON.stringify({ place, feature, name });
  const signal = AbortSignal.timeout(CASE_MAX_MS);
  try {
    const response = await fetch(suite.origin, { method: "POST", body, signal });
    return (await response.json()).problem;
  } catch (error) {
    return error.stack;
  }
}
