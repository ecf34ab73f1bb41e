import { readFile } from "node:fs/promises";
import binaryen from "binaryen";
import { buildGuest } from "tokiwa/build";
import { expect, test } from "vitest";
import { Folder } from "../../support/folder.ts";

const SOURCE = `
import { sleep, yieldNow } from "tokiwa/assembly";
export function plain(): void { yieldNow(); }
export function deep(rounds: i32): f64 {
  let sum: f64 = 0;
  for (let round = 0; round < rounds; round++) {
    yieldNow();
    sum += inner(round, <f64>round);
  }
  return sum;
}
function inner(round: i32, wide: f64): f64 {
  if (round > 0) wide += inner(round - 1, wide);
  sleep(wide);
  return wide;
}
`;

/** The functions of a module that may leave the stack, as text. */
async function waiting(path: string): Promise<string[]> {
  const text = binaryen.readBinary(await readFile(path)).emitText();
  const [, top] = /"__asyncify_data" \(global (\S+) /.exec(text) as unknown as [string, string];
  const functions = text
    .replaceAll(top, "$top")
    .split(/^ \(func /m)
    .slice(1);
  return functions.filter((body) => body.includes("$top"));
}

test("a guest moves the top of its frames once each way, and not in memory", async () => {
  const folder = await Folder.create();
  const entry = await folder.write("guest.ts", SOURCE);
  for (const debug of [false, true]) {
    await buildGuest({ entry, outFile: folder.at("guest.wasm"), debug });
    const bodies = await waiting(folder.at("guest.wasm"));
    expect(bodies.length).toBeGreaterThanOrEqual(3);
    for (const body of bodies) expect(body.match(/global\.set \$top/g)).toHaveLength(2);
  }
}, 60_000);
