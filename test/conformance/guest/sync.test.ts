/**
 * What Tokio's tests of `sync` say, for guests: each fixture is one upstream file, and each of its
 * tasks the upstream test of that name. It traps if something is not as it should be.
 *
 * What needs a future that is polled by hand is told with a task that waits.
 */
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type GuestTask, Runtime } from "tokiwa";
import { buildGuest } from "tokiwa/build";
import { afterAll, beforeAll, describe, test } from "vitest";

type Guest = Record<string, GuestTask<[], void>>;

/** How often each is told, as workers meet in another order each time. */
const ROUNDS = 20;
const FLAVORS = [
  ["current_thread", { flavor: "currentThread" }],
  ["threaded_4", { workerThreads: 4 }],
] as const;
const fixtures = fileURLToPath(new URL("./fixtures/", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokiwa-conformance-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(readdirSync(fixtures))("%s", (file) => {
  const entry = join(fixtures, file);
  const outFile = () => join(folder, file.replace(/\.ts$/, ".wasm"));
  const names = [...readFileSync(entry, "utf8").matchAll(/^export function (\w+)/gm)];
  beforeAll(() => buildGuest({ entry, outFile: outFile() }), 120_000);

  describe.each(FLAVORS)("%s", (_, options) => {
    let runtime: Runtime;
    let guest: Guest;
    beforeAll(async () => {
      runtime = await Runtime.create(options);
      guest = await runtime.load<Guest>(pathToFileURL(outFile()));
    });
    afterAll(() => runtime.shutdown());

    test.each(names.map(([, name = ""]) => name))("%s", async (name) => {
      const task = guest[name] as GuestTask<[], void>;
      await Promise.all(Array.from({ length: ROUNDS }, () => runtime.spawn(task)));
    });
  });
});
