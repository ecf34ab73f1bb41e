/**
 * Runs the portable suite on every platform, each on the real engine, and prints a table of
 * platforms and features. Ends with 1 if a case failed, or if a platform could not be had without
 * a reason outside our control.
 *
 *   npm run test:platforms -- [NAME…]     only the platforms whose names begin so
 *
 * A file of `engines/` tells of one platform: it exports `engines`, a list, as there may be several
 * versions or settings. It belongs to the list of files below. An engine has
 *
 * - `name`: its row in the table.
 * - `packages`: what to install from the npm registry, with exact versions.
 * - `obtain()`: optional; gets what is no package. It throws an `Unobtainable` with the reason if
 *   that is outside our control: then the row says so, and nothing has failed.
 * - `command(packages)`: the program that runs the suite, with its first arguments. `packages` is
 *   the folder whose node_modules they are in. It runs in the folder of an application that has
 *   `tokiwa` installed, and the `suite` and `program.mjs` of this folder. Two more arguments
 *   follow: the guest's file, and `place` as JSON.
 * - `place`: what the cases need to know: the `platform` that errors name; what it `lacks`, each
 *   feature with the reason; and what `needs` must be named where threads lack.
 *
 * The program prints a line of JSON for each case, `{ feature, name, problem }`: see `program.mjs`.
 */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as bun from "./engines/bun.mjs";
import * as deno from "./engines/deno.mjs";
import * as edge from "./engines/edge.mjs";
import * as firefox from "./engines/firefox.mjs";
import * as node from "./engines/node.mjs";
import { installed, makeHome, Unobtainable } from "./home.mjs";
import { runEngine } from "./run-engine.mjs";
import { printTable, rowOf } from "./table.mjs";

const FILES = [node, deno, bun, firefox, edge];

const folder = resolve("build/platforms");
const guest = join(folder, "portable.wasm");
const wanted = process.argv.slice(2);
const engines = FILES.flatMap((file) => file.engines).filter(
  ({ name }) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)),
);

await mkdir(folder, { recursive: true });
await promisify(execFile)(process.execPath, [
  ...["dist/cli.js", "build", "test/guest/fixtures/portable.ts", "-o", guest],
]);
const home = await makeHome(folder);
const rows = [];
for (const engine of engines) {
  const row = await resultOf(engine);
  for (const problem of row.problems) console.error(`${engine.name}: ${problem}`);
  rows.push(row);
}
printTable(rows);
process.exitCode = rows.some(({ hasFailed }) => hasFailed) ? 1 : 0;

async function resultOf(engine) {
  try {
    await engine.obtain?.();
    const packages = await installed(folder, engine.packages);
    const command = [...engine.command(packages), guest, JSON.stringify(engine.place)];
    return rowOf(engine, await runEngine(command, home));
  } catch (error) {
    const isOurs = !(error instanceof Unobtainable);
    return rowOf(engine, { absent: error.message, isOurs });
  }
}
