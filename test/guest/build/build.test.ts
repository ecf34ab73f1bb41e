import { readFile } from "node:fs/promises";
import { buildGuest, GuestBuildError } from "tokiwa/build";
import { describe, expect, test } from "vitest";
import { STATICS_SLOT } from "../../../assembly/shared/limits.ts";
import { compileGuest, manifestOf } from "../../../src/core/manifest.ts";
import { Folder } from "../../support/folder.ts";

const SOURCE = `
import { yieldNow } from "tokiwa/assembly";
import { double } from "./double";
export function direct(n: i32): i64 { yieldNow(); return double(n); }
export function wrapped(text: string, bytes: Uint8Array): f64 { return text.length + bytes.length; }
export class Unseen {}
export function generic<T>(value: T): T { return value; }
export const LIMIT = 5;
function inner(): void {}
export { inner as renamed };
`;

async function build(folder: Folder, options: { debug?: boolean; slot?: number } = {}) {
  await folder.write("double.ts", "export function double(n: i32): i32 { return 2 * n; }");
  const entry = await folder.write("guest.ts", SOURCE);
  const built = await buildGuest({ entry, outFile: folder.at("guest.wasm"), ...options });
  const module = compileGuest(await readFile(folder.at("guest.wasm")), "guest.wasm");
  return { built, module, manifest: manifestOf(module, "guest.wasm") };
}

describe("buildGuest", { timeout: 60_000 }, () => {
  test("writes the tasks, their types and where the statics stand into the module", async () => {
    const folder = await Folder.create();
    const { built, module, manifest } = await build(folder, { slot: 3 });
    expect(built.tasks).toEqual(["direct", "wrapped", "renamed"]);
    expect(manifest.tasks).toMatchObject([
      { name: "direct", export: "direct", shape: 9, parameters: ["i32"], result: "i64" },
      {
        name: "wrapped",
        export: "wrapped$task",
        parameters: ["string", "Uint8Array"],
        result: "f64",
      },
      { name: "renamed", export: "renamed", shape: 0, parameters: [], result: "void" },
    ]);
    const [from, to] = manifest.statics;
    expect(from).toBe(4 * 65536);
    expect(to).toBeGreaterThan(from);
    const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
    expect(exports.sort()).toEqual(["direct", "renamed", "table", "wrapped$task"]);
  });

  test("finds a slot that no guest beside it has, and the same one again", async () => {
    const folder = await Folder.create();
    const entry = await folder.write("guest.ts", "export function run(): string { return 'a'; }");
    const slotOf = async (name: string, slot?: number) => {
      const outFile = folder.at(name);
      await buildGuest({ entry, outFile, slot });
      const { statics } = manifestOf(compileGuest(await readFile(outFile), name), name);
      return statics[0] / STATICS_SLOT - 1;
    };
    await folder.write("other.wasm", "no module");
    // The names of both are for the same slot.
    const first = await slotOf("four.wasm");
    expect(await slotOf("five.wasm")).toBe(first + 1);
    expect(await slotOf("four.wasm")).toBe(first);
    expect(await slotOf("five.wasm")).toBe(first + 1);
    expect(await slotOf("six.wasm", first)).toBe(first);
  });

  test("types the tasks, and leads from the module back to the source", async () => {
    const folder = await Folder.create();
    const { built } = await build(folder, { debug: true });
    expect(await readFile(folder.at("guest.wasm.d.ts"), "utf8")).toBe(
      `import type { GuestTask } from "tokiwa";

/** The tasks of guest.wasm, as in \`runtime.load<Tasks>(url)\`. */
export interface Tasks {
  readonly direct: GuestTask<[n: number], bigint>;
  readonly wrapped: GuestTask<[text: string, bytes: Uint8Array], number>;
  readonly renamed: GuestTask<[], void>;
}
`,
    );
    const map = JSON.parse(await readFile(folder.at("guest.wasm.map"), "utf8"));
    expect(map.sources).toContain("double.ts");
    expect(built.inputs).toEqual(
      expect.arrayContaining([folder.at("guest.ts"), folder.at("double.ts")]),
    );
  });

  test("ends for functions that call themselves more than once", async () => {
    const folder = await Folder.create();
    const entry = await folder.write(
      "guest.ts",
      `import { yieldNow } from "tokiwa/assembly";
function endless(n: i32): i32 { return endless(n + 1) + endless(n + 2); }
function there(n: i32): i32 { return back(n + 1) * back(n + 2); }
function back(n: i32): i32 { return there(n) + there(n - 1); }
export function run(n: i32): i32 { yieldNow(); return n < 0 ? endless(n) + there(n) : n; }`,
    );
    const { bytes } = await buildGuest({ entry, outFile: folder.at("guest.wasm") });
    expect(bytes).toBeLessThan(5000);
  });

  test("gives guests of different names slots of their own", async () => {
    const folder = await Folder.create();
    const entry = await folder.write("a.ts", "export function run(): void {}");
    const starts: number[] = [];
    for (const name of ["counter.wasm", "echo.wasm"]) {
      await buildGuest({ entry, outFile: folder.at(name), debug: true });
      const module = compileGuest(await readFile(folder.at(name)), name);
      starts.push(manifestOf(module, name).statics[0]);
    }
    expect(starts[0]).not.toBe(starts[1]);
  });

  test("refuses options that make no sense", async () => {
    const outFile = "/nowhere/guest.wasm";
    await expect(buildGuest({ entry: "a.ts", outFile, slot: 16 })).rejects.toThrow(
      "Cannot build guest: slot must be a whole number from 0 to 15, got 16",
    );
    await expect(buildGuest({ entry: "a.ts", outFile: "guest.js" })).rejects.toThrow(
      "Cannot build guest: outFile must end in .wasm, got guest.js",
    );
    await expect(buildGuest({ entry: "/nowhere/a.ts", outFile })).rejects.toThrow(GuestBuildError);
  });
});
