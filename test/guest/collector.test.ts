import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildGuest } from "tokiwa/build";
import type { JoinError } from "tokiwa/error";
import { Runtime } from "tokiwa/runtime";
import type { GuestTask } from "tokiwa/task";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../support/waiting.ts";

interface Garbage {
  readonly serve: GuestTask<[turns: number, size: number], number>;
  readonly scopes: GuestTask<[turns: number], number>;
  readonly large: GuestTask<[turns: number, bytes: number], number>;
}

interface Adversary {
  readonly operands: GuestTask<[], number>;
  readonly receiver: GuestTask<[], number>;
  readonly literals: GuestTask<[], string>;
  readonly inside: GuestTask<[length: number], number>;
  readonly raw: GuestTask<[], number>;
  readonly virtual: GuestTask<[], string>;
  readonly maps: GuestTask<[count: number], number>;
  readonly elsewhere: GuestTask<[], number>;
  readonly chain: GuestTask<[length: number], number>;
  readonly spoiled: GuestTask<[], number>;
  readonly calls: GuestTask<[depth: number], number>;
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokiwa-collector-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function build(name: string, debug: boolean): Promise<URL> {
  const entry = fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
  const outFile = join(folder, `${name}-${debug}.wasm`);
  await buildGuest({ entry, outFile, debug });
  return pathToFileURL(outFile);
}

/** The collector works at nearly every wait. */
const OFTEN = { workerThreads: 2, collectTaskAbove: 4096 };

describe.each([false, true])("the collector, in a guest built with debug: %s", (debug) => {
  test("keeps what is needed, wherever that is noted", { timeout: 120_000 }, async () => {
    await using runtime = await Runtime.create(OFTEN);
    const adversary = await runtime.load<Adversary>(await build("adversary", debug));
    for (let round = 0; round < 20; round++) {
      const { collections } = runtime.metrics.guests;
      expect(await runtime.spawn(adversary.operands)).toBe(1234);
      expect(await runtime.spawn(adversary.receiver)).toBe(50);
      expect(await runtime.spawn(adversary.literals)).toBe("1-2-35");
      expect(await runtime.spawn(adversary.inside, 100)).toBe(4955);
      expect(await runtime.spawn(adversary.raw)).toBe(77);
      expect(await runtime.spawn(adversary.virtual)).toBe("9 0 true special");
      expect(await runtime.spawn(adversary.maps, 200)).toBeGreaterThan(0);
      expect(await runtime.spawn(adversary.elsewhere)).toBe(24);
      expect(await runtime.spawn(adversary.calls, 30)).toBe(496);
      expect(runtime.metrics.guests.collections).toBeGreaterThan(collections + 20);
    }
    expect(await runtime.spawn(adversary.chain, 200_000)).toBe(200_000);
  });
});

test("a task whose objects cannot be visited fails alone", { timeout: 120_000 }, async () => {
  await using runtime = await Runtime.create(OFTEN);
  const adversary = await runtime.load<Adversary>(await build("adversary", true));
  for (let round = 0; round < 10; round++) {
    const error = await runtime.spawn(adversary.spoiled).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(String((error as JoinError).cause)).toContain("memory access out of bounds");
    expect(await runtime.spawn(adversary.operands)).toBe(1234);
  }
  await until(() => runtime.metrics.guests.arenaBytes === 0);
});

describe("a task that makes garbage for long", () => {
  let garbage: URL;

  beforeAll(async () => {
    garbage = await build("garbage", false);
  }, 120_000);

  test("does not grow, and gives all back", { timeout: 120_000 }, async () => {
    await using runtime = await Runtime.create({ workerThreads: 2 });
    const guest = await runtime.load<Garbage>(garbage);
    const most = await Promise.all([1, 2, 3].map(() => runtime.spawn(guest.serve, 20_000, 100)));
    for (const bytes of most) {
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThan(2 ** 19);
    }
    const { collections, collectingMs } = runtime.metrics.guests;
    expect(collections).toBeGreaterThan(100);
    expect(collectingMs).toBeGreaterThan(0);
    await until(() => runtime.metrics.guests.arenaBytes === 0);
  });

  test("is left alone while it has a mark", { timeout: 120_000 }, async () => {
    await using runtime = await Runtime.create(OFTEN);
    const guest = await runtime.load<Garbage>(garbage);
    expect(await runtime.spawn(guest.scopes, 500)).toBe(0);
    expect(runtime.metrics.guests.collections).toBeGreaterThan(50);
  });

  test("uses the place of large objects again", { timeout: 120_000 }, async () => {
    await using runtime = await Runtime.create({ workerThreads: 2 });
    const guest = await runtime.load<Garbage>(garbage);
    expect(await runtime.spawn(guest.large, 500, 1_000_000)).toBeLessThan(2 ** 23);
    expect(await runtime.spawn(guest.large, 50, 10_000_000)).toBeLessThan(2 ** 26);
  });
});
