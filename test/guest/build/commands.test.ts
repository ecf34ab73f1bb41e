import { execFile } from "node:child_process";
import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { compileGuest, manifestOf } from "../../../src/core/manifest.ts";
import { Folder } from "../../support/folder.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const SOURCE = `import { yieldNow } from "tokiwa/assembly";
export function run(n: i32): i32 { yieldNow(); return n; }`;

/** Runs a program of Node's; a failure is an outcome, too. */
async function run(cwd: string, ...args: string[]) {
  const outcome = await promisify(execFile)(process.execPath, args, { cwd }).catch(
    (error) => error,
  );
  const { stdout, stderr, code = 0 } = outcome;
  return { stdout, stderr, code } as { stdout: string; stderr: string; code: number };
}

async function tasksOf(path: string): Promise<string[]> {
  const module = compileGuest(await readFile(path), "guest.wasm");
  return manifestOf(module, "guest.wasm").tasks.map(({ name }) => name);
}

describe("tokiwa build", { timeout: 60_000 }, () => {
  const program = join(root, "dist/cli.js");

  test("writes a guest, and says what is in it", async () => {
    const folder = await Folder.create();
    await folder.write("guest.ts", SOURCE);
    const { stdout, stderr } = await run(
      folder.path,
      program,
      "build",
      "guest.ts",
      "-o",
      "a/b.wasm",
    );
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^a\/b\.wasm: \d+\.\d KiB, tasks: run\n$/);
    expect(await tasksOf(folder.at("a/b.wasm"))).toEqual(["run"]);
  });

  test("ends with 1 and the place of an error, or with 2 and how it is used", async () => {
    const folder = await Folder.create();
    await folder.write("guest.ts", "let a = 1;\nexport function run(): i32 { return a; }");
    const failed = await run(folder.path, program, "build", "guest.ts", "-o", "a.wasm", "--debug");
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(`${folder.at("guest.ts")}:1:5: Global variable "a"`);
    expect(failed.stderr).not.toContain("    at ");
    const misuses: [args: string[], said: string][] = [
      [[], "a command is missing"],
      [["run"], 'there is no command "run"'],
      [["build"], "the guest's file is missing"],
      [["build", "guest.ts"], "-o FILE is missing"],
      [["build", "a.ts", "b.ts", "-o", "a.wasm"], "one guest at a time, got b.ts as well"],
      [["build", "guest.ts", "--fast"], "Unknown option '--fast'"],
    ];
    for (const [args, said] of misuses) {
      const misused = await run(folder.path, program, ...args);
      expect(misused.code).toBe(2);
      expect(misused.stderr).toMatch(
        /^tokiwa: .*\n\nUsage: tokiwa build <guest.ts> -o <guest.wasm>/,
      );
      expect(misused.stderr).toContain(said);
    }
  });
});

/** Runs asc on a guest with these options, where tokiwa is installed as it is published. */
async function runAsc(folder: Folder, config: object) {
  await folder.write("guest.ts", SOURCE);
  await folder.write("asconfig.json", JSON.stringify(config));
  const modules = folder.at("node_modules");
  await mkdir(modules);
  await symlink(join(root, "node_modules/assemblyscript"), join(modules, "assemblyscript"));
  // Only dist/, and the description.
  await cp(join(root, "dist"), join(modules, "tokiwa/dist"), { recursive: true });
  await cp(join(root, "package.json"), join(modules, "tokiwa/package.json"));
  const asc = join(modules, "assemblyscript/bin/asc.js");
  return run(folder.path, asc, "guest.ts", "--outFile", "guest.wasm");
}

test("asc with the preset makes a guest, too", async () => {
  const folder = await Folder.create();
  const { stderr } = await runAsc(folder, { extends: "tokiwa/asconfig.json" });
  expect(stderr).toBe("");
  expect(await tasksOf(folder.at("guest.wasm"))).toEqual(["run"]);
}, 120_000);

test("asc with options that no runtime can do with makes none", async () => {
  const folder = await Folder.create();
  const options = { maximumMemory: 1000, exportTable: false };
  const { stderr, code } = await runAsc(folder, { extends: "tokiwa/asconfig.json", options });
  expect(code).toBe(1);
  expect(stderr).toContain(
    'Option maximumMemory must be 16384, as in "tokiwa/asconfig.json", got 1000',
  );
  expect(stderr).toContain("Option exportTable must be true");
}, 120_000);
