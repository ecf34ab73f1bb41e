/** Guests of tests: built from AssemblyScript into a folder of their own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildGuest } from "tokiwa/build";
import type { JoinError } from "tokiwa/error";
import type { Runtime } from "tokiwa/runtime";
import type { GuestTask } from "tokiwa/task";
import { afterAll } from "vitest";
import { rejection, until } from "./waiting.ts";

/** A guest that was built, until its folder is removed. */
export interface BuiltGuest {
  readonly module: URL;
  remove(): Promise<void>;
}

/** Builds a file of `test/guest/fixtures`. */
export async function built(fixture: string): Promise<BuiltGuest> {
  const folder = await mkdtemp(join(tmpdir(), `tokiwa-${fixture}-`));
  const entry = fileURLToPath(new URL(`../guest/fixtures/${fixture}.ts`, import.meta.url));
  const outFile = join(folder, `${fixture}.wasm`);
  await buildGuest({ entry, outFile });
  const remove = () => rm(folder, { recursive: true, force: true });
  return { module: pathToFileURL(outFile), remove };
}

const kept: BuiltGuest[] = [];

/** As `built`; it is removed after the tests of the file. */
export async function buildFixture(name: string): Promise<URL> {
  const guest = await built(name);
  kept.push(guest);
  return guest.module;
}

afterAll(async () => {
  for (const guest of kept) await guest.remove();
});

/**
 * What a story tells, `times` over, as workers meet in another order each time: all the same.
 * Nothing of it runs or waits then.
 */
export async function told<T>(on: Runtime, story: GuestTask<[], T>, times = 50): Promise<T[]> {
  const runs = Array.from({ length: times }, () => on.spawn(story));
  const stories = [...new Set(await Promise.all(runs))];
  await until(() => on.metrics.aliveTasks === 0);
  await until(() => on.metrics.pendingWaits === 0);
  return stories;
}

/** What the task of a story traps of. */
export async function trapOf(on: Runtime, story: GuestTask<[], unknown>): Promise<string> {
  const { cause } = (await rejection(on.spawn(story))) as JoinError;
  return String(cause);
}
