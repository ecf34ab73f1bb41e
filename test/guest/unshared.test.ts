import { fileURLToPath, pathToFileURL } from "node:url";
import { buildGuest } from "tokiwa/build";
import { expect, test } from "vitest";
import { Folder } from "../support/folder.ts";
import { Program } from "../support/program.ts";

/** As in a browser whose page did not ask for shared memory. */
const WITHOUT_SHARED_MEMORY = "data:text/javascript,delete globalThis.SharedArrayBuffer";

test("guests run where there is no shared memory, on the core for one thread", async () => {
  const folder = await Folder.create();
  const urls = [];
  for (const [slot, name] of ["tour", "calls", "sockets"].entries()) {
    const entry = fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
    const outFile = folder.at(`${name}.wasm`);
    await buildGuest({ entry, outFile, slot });
    urls.push(pathToFileURL(outFile).href);
  }
  const flags = ["--import", WITHOUT_SHARED_MEMORY];
  const program = new Program("test/guest/fixtures/unshared.mjs", urls, { flags });
  expect(await program.ended, program.errors).toMatchObject({ code: 0 });
  expect(program.lines).toEqual([
    "undefined currentThread",
    "499500n hello, wörld",
    "be:2 not:1 or:1 to:2",
    "true 256n",
    "0.5 42 3.0/0.0 7 false false true true",
    expect.stringContaining("Cannot allocate: the task's arena"),
    "30 true,-5,18446744073709551615 4 0 -4",
    "std 3",
    expect.stringContaining("Cannot open socket: it takes Linux, koffi, shared memory, and io"),
    expect.stringContaining("Cannot use spawnBlocking: it is not available"),
  ]);
}, 120_000);
