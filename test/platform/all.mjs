/**
 * Runs the portable suite on the platforms that are no part of `npm test`: each as it comes from
 * the npm registry. Prints what ran; ends with 1 if anything failed, or could not be had.
 */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { casesFor, FEATURES } from "./suite/suite.mjs";

const run = promisify(execFile);
const folder = resolve("build/platforms");
const guest = join(folder, "tour.wasm");
const program = resolve("test/platform/program.mjs");

/** The package of each, and how its program is called. */
const PLATFORMS = {
  "node 20": { binary: process.execPath, args: [] },
  "node 22": { wanted: "node@22", binary: "node/bin/node", args: [] },
  "node 24": { wanted: "node@24", binary: "node/bin/node", args: [] },
  "node 26": { wanted: "node@26", binary: "node/bin/node", args: [] },
  "deno 2": { wanted: "deno@2", binary: ".bin/deno", args: ["run", "-A", "--no-lock"] },
};

await mkdir(folder, { recursive: true });
await run(process.execPath, [
  ...["dist/cli.js", "build", "test/guest/fixtures/tour.ts", "-o", guest],
]);
const table = {};
let hasFailed = false;
for (const [platform, wanted] of Object.entries(PLATFORMS)) {
  try {
    table[platform] = summary(platform, await resultsOf(platform, wanted));
  } catch (error) {
    hasFailed = true;
    console.error(`${platform}: ${error.stderr || error.message}`);
    table[platform] = { rt: "could not be had or run" };
  }
}
console.table(table, Object.keys(FEATURES));
process.exitCode = hasFailed ? 1 : 0;

async function resultsOf(platform, { wanted, binary, args }) {
  const command = wanted === undefined ? binary : await installed(platform, wanted, binary);
  const { stdout } = await run(command, [...args, program, guest], { timeout: 300_000 });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** The path of a program of a package, which has a folder of its own. */
async function installed(platform, wanted, binary) {
  const home = join(folder, platform.replace(" ", "-"));
  await mkdir(home, { recursive: true });
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefix", home, wanted]);
  return join(home, "node_modules", binary);
}

/** By feature: how many cases ran, and how many failed. What did not run has failed as well. */
function summary(platform, results) {
  const row = {};
  for (const feature of Object.keys(FEATURES)) {
    const wanted = casesFor({}).filter(([its]) => its === feature);
    const ran = results.filter((result) => result.feature === feature);
    const failed = ran.filter(({ problem }) => problem !== undefined);
    for (const { name, problem } of failed) console.error(`${platform}: ${name}: ${problem}`);
    const missing = wanted.length - ran.length + failed.length;
    row[feature] = missing === 0 ? `${ran.length} ran` : `${missing} of ${wanted.length} FAILED`;
    if (missing > 0) hasFailed = true;
  }
  return row;
}
