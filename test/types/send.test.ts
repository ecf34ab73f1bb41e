/** Runs the compiler on what users write. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { NotSendError, spawn, task } from "tokiwa";
import { expect, test } from "vitest";

const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript")), "../bin/tsc");
const FIXTURES = fileURLToPath(new URL("./fixtures/", import.meta.url));
const MARK = "//!";

/** What the compiler says of the fixtures: `file(line)` and all of the message. */
async function complaints(): Promise<{ readonly place: string; readonly message: string }[]> {
  const args = [TSC, "--pretty", "false", "-p", FIXTURES];
  const run = promisify(execFile)(process.execPath, args, { cwd: FIXTURES });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  // A message goes on in the lines that are indented.
  const each = stdout.matchAll(/^(\S+)\((\d+),\d+\): error (.*(?:\n +.*)*)/gm);
  return [...each].map(([, file, line, message = ""]) => ({ place: `${file}(${line})`, message }));
}

/** What the fixture says that the compiler has to say: by line, part of the message. */
function expected(file: string): Map<string, string> {
  const lines = readFileSync(join(FIXTURES, file), "utf8").split("\n");
  const found = new Map<string, string>();
  for (const [at, line] of lines.entries()) {
    const [, message] = line.split(`${MARK} `);
    if (message !== undefined) found.set(`${file}(${at})`, message);
  }
  return found;
}

test("the compiler refuses what is not Send, and says why", { timeout: 120_000 }, async () => {
  const wanted = expected("send.ts");
  const found = await complaints();
  expect(found.map(({ place }) => place).sort()).toEqual([...wanted.keys()].sort());
  for (const { place, message } of found) expect(message).toContain(wanted.get(place));
});

const keep = task(import.meta, "keep", (value: unknown) => value);

test("spawn refuses it as well, whatever the compiler was told", () => {
  const values = [() => 1, Symbol("key"), [Promise.resolve(1)], { run: () => 1 }, new WeakMap()];
  for (const value of values) {
    expect(() => spawn(keep, value as never)).toThrow(NotSendError);
  }
});
