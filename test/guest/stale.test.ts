/** Handles that are no more to the task that uses them: each use ends that task, and no other. */
import { type GuestTask, Runtime } from "tokiwa";
import type { JoinError } from "tokiwa/error";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { until } from "../support/waiting.ts";

interface Stale {
  readonly misuse: GuestTask<[kind: number, fate: number, since: number, way: number], boolean>;
  readonly useOfAnother: GuestTask<[], void>;
  readonly comesBack: GuestTask<[], boolean>;
  readonly mistaken: GuestTask<[rounds: number], number>;
}

/** As the guest numbers them. */
const KINDS = [
  ...["Semaphore", "SemaphorePermit", "Mutex", "MutexGuard", "RwLock", "read guard"],
  ...["write guard", "Notify", "Notified", "Barrier", "OnceCell", "SetOnce", "mpsc sender"],
  ...["mpsc weak sender", "mpsc receiver", "mpsc permit", "oneshot sender", "oneshot receiver"],
  ...["watch sender", "watch receiver", "broadcast sender", "broadcast weak sender"],
  ...["broadcast receiver", "CancellationToken", "TcpListener", "TcpStream"],
];
/** A place in line, which stays with its task. */
const NOTIFIED = KINDS.indexOf("Notified");
const SOCKETS = KINDS.indexOf("TcpListener");
const DROPPED = 0;
const WITH_ANOTHER_TASK = 1;
const REFUSAL =
  "Cannot use handle: it was dropped, has gone to another task, or is of another kind";

let runtime: Runtime;
let stale: Stale;

beforeAll(async () => {
  runtime = await Runtime.create({ workerThreads: 2 });
  stale = await runtime.load<Stale>(await buildFixture("stale"));
}, 120_000);

afterAll(() => runtime.shutdown());

/** Uses a handle in every way there is. What came of each: the message of its trap, or nothing. */
async function misuses(kind: number, fate: number, since: number): Promise<string[]> {
  const found: string[] = [];
  for (let way = 0; ; way++) {
    try {
      if (!(await runtime.spawn(stale.misuse, kind, fate, since, way))) return found;
      found.push("it was taken for good");
    } catch (error) {
      found.push(((error as JoinError).cause as Error).message);
    }
  }
}

describe.each(KINDS.map((name, kind) => [name, kind] as const))("a handle: %s", (_name, kind) => {
  const isHere = kind < SOCKETS || process.platform === "linux";

  test.runIf(isHere)("traps in every use, and the task alone, once it is gone", async () => {
    for (const fate of kind === NOTIFIED ? [DROPPED] : [DROPPED, WITH_ANOTHER_TASK]) {
      const found = await misuses(kind, fate, -1);
      expect(found.length).toBeGreaterThan(2);
      expect(new Set(found)).toEqual(new Set([REFUSAL]));
    }
    await until(() => runtime.metrics.aliveTasks === 0);
  });

  test.runIf(isHere)(
    "is not taken for one that was made in its place, of its kind or another",
    async () => {
      const others = [kind, kind + 1, kind + 5, kind + 11].map((other) => other % KINDS.length);
      for (const since of others.filter((other) => other < SOCKETS)) {
        expect(new Set(await misuses(kind, DROPPED, since))).toEqual(new Set([REFUSAL]));
      }
    },
  );
});

describe("a handle", () => {
  test("of another task is refused", async () => {
    await expect(runtime.spawn(stale.useOfAnother)).rejects.toHaveProperty(
      "cause.cause.message",
      REFUSAL,
    );
  });

  test("of a place in line stays with its task", async () => {
    const use = runtime.spawn(stale.misuse, NOTIFIED, WITH_ANOTHER_TASK, -1, 0);
    await expect(use).rejects.toHaveProperty("cause.message", REFUSAL);
  });

  test("that comes back is the same as before", async () => {
    expect(await runtime.spawn(stale.comesBack)).toBe(true);
  });

  test("is told from 127 that come and go in its place", async () => {
    expect(await runtime.spawn(stale.mistaken, 127)).toBe(0);
  });
});
