import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { buildGuest } from "tokiwa/build";
import { Runtime } from "tokiwa/runtime";
import { expect, onTestFinished, test } from "vitest";
import { GUEST_ABI } from "../../src/core/manifest.ts";
import { Folder } from "../support/folder.ts";
import { guestModule } from "../support/guest-module.ts";
import { wrong } from "../support/misuse.ts";
import { rejection } from "../support/waiting.ts";

async function makeRuntime() {
  const runtime = await Runtime.create({ flavor: "currentThread" });
  onTestFinished(() => runtime.shutdown());
  return runtime;
}

const REBUILD = "rebuild it with: npx tokiwa build counter.ts -o counter.wasm";

test("load refuses what is no guest of this version, and says how to rebuild it", async () => {
  const runtime = await makeRuntime();
  const folder = await Folder.create();
  const url = pathToFileURL(folder.at("counter.wasm"));
  const refused = async (code: string | Uint8Array) => {
    await folder.write("counter.wasm", code);
    return String(await rejection(runtime.load(url)));
  };
  const PREFIX = "TypeError: Cannot load guest counter.wasm:";
  expect(await refused("export function run(): void {}")).toBe(
    `${PREFIX} it is no WebAssembly module`,
  );
  // As plain asc makes them, whatever its flags were.
  expect(await refused(guestModule())).toBe(`${PREFIX} tokiwa did not build it; ${REBUILD}`);
  expect(await refused(guestModule({ abi: GUEST_ABI - 1 }))).toBe(
    `${PREFIX} it was built for ABI ${GUEST_ABI - 1}, and this is ABI ${GUEST_ABI}; ${REBUILD}`,
  );
});

test("load refuses what is neither an address nor a module", async () => {
  const runtime = await makeRuntime();
  expect(String(await rejection(runtime.load(wrong("./counter.wasm"))))).toBe(
    `TypeError: Cannot load guest: expected a URL or the module's bytes, got "./counter.wasm"`,
  );
});

test("load refuses a guest whose place is taken, be it by itself", async () => {
  const runtime = await makeRuntime();
  const folder = await Folder.create();
  await folder.write("one.ts", "export function run(): void {}");
  const outFile = folder.at("one.wasm");
  await buildGuest({ entry: folder.at("one.ts"), outFile, slot: 3 });
  const { run } = await runtime.load(pathToFileURL(outFile));
  expect(inspect(run)).toBe("GuestTask { name: 'run', parameters: [], result: 'void' }");
  expect(String(await rejection(runtime.load(pathToFileURL(outFile))))).toBe(
    "RangeError: Cannot load guest one.wasm: another guest, or this one loaded before, has its " +
      "statics in slot 3; build one of them with another --slot",
  );
}, 60_000);

test("load says what cannot be read", async () => {
  const runtime = await makeRuntime();
  const url = pathToFileURL("/nowhere/counter.wasm");
  const error = (await rejection(runtime.load(url))) as Error;
  expect(error.message).toBe(`Cannot load guest: ${url.href} cannot be read`);
  expect(error.cause).toMatchObject({ code: "ENOENT" });
});
