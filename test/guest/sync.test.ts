import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildGuest } from "tokiwa/build";
import { Runtime } from "tokiwa/runtime";
import type { GuestTask } from "tokiwa/task";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { levelsOff } from "../support/leaks.ts";

interface Locks {
  readonly count: GuestTask<[tasks: number], bigint>;
  readonly guardObjects: GuestTask<[], string>;
  readonly endWithLock: GuestTask<[], string>;
  readonly abortFirstInLine: GuestTask<[], string>;
  readonly givePermits: GuestTask<[], string>;
  readonly closeSemaphore: GuestTask<[], string>;
  readonly readAndWrite: GuestTask<[], string>;
  readonly askTooMuch: GuestTask<[], void>;
  readonly useMoved: GuestTask<[], void>;
  readonly useDropped: GuestTask<[], void>;
}

interface Channels {
  readonly sum: GuestTask<[senders: number, capacity: number], bigint>;
  readonly sendAllKinds: GuestTask<[], string>;
  readonly abortSender: GuestTask<[], string>;
  readonly abortReceiver: GuestTask<[], string>;
  readonly closeReceiver: GuestTask<[], string>;
  readonly answerOnce: GuestTask<[], string>;
  readonly askBoth: GuestTask<[], string>;
  readonly waitOnce: GuestTask<[], string>;
  readonly takeAlong: GuestTask<[], string>;
  readonly takeTwice: GuestTask<[], boolean>;
  readonly endAll: GuestTask<[tasks: number], number>;
}

interface Signals {
  readonly keepOne: GuestTask<[], string>;
  readonly tellAll: GuestTask<[], number>;
  readonly tellWhileBusy: GuestTask<[], boolean>;
  readonly abortWaiting: GuestTask<[], boolean>;
  readonly abortAlone: GuestTask<[], boolean>;
  readonly meetAll: GuestTask<[], number>;
  readonly giveAwayPlace: GuestTask<[], void>;
  readonly returnPlace: GuestTask<[], void>;
}

/** How often each story is told, as workers meet in another order each time. */
const ROUNDS = 50;

let folder: string;
let runtime: Runtime;
let locks: Locks;
let channels: Channels;
let signals: Signals;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokiwa-sync-"));
  runtime = await Runtime.create({ workerThreads: 2 });
  locks = await load<Locks>("locks");
  channels = await load<Channels>("channels");
  signals = await load<Signals>("signals");
}, 120_000);

afterAll(async () => {
  await runtime.shutdown();
  await rm(folder, { recursive: true, force: true });
});

async function load<Tasks extends object>(name: string): Promise<Tasks> {
  const entry = fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
  await buildGuest({ entry, outFile: fileURLToPath(fileOf(name)) });
  return runtime.load<Tasks>(fileOf(name));
}

function fileOf(name: string): URL {
  return pathToFileURL(join(folder, `${name}.wasm`));
}

/** What a story tells, many times over: each time the same. */
async function told<T>(story: GuestTask<[], T>): Promise<T[]> {
  const runs = Array.from({ length: ROUNDS }, () => runtime.spawn(story));
  return [...new Set(await Promise.all(runs))];
}

describe("a guest's Mutex", () => {
  test("lets one task at a time in, across waits", async () => {
    const runs = Array.from({ length: 5 }, () => runtime.spawn(locks.count, 10));
    expect(await Promise.all(runs)).toEqual([1000n, 1000n, 1000n, 1000n, 1000n]);
  });

  test("guards objects in place", async () => {
    expect(await told(locks.guardObjects)).toEqual(["added added true 2 2.0 0 0"]);
  });

  test("is free again when its holder is aborted, or traps", async () => {
    expect(await told(locks.endWithLock)).toEqual(["false 7 false 8"]);
  });
});

describe("a guest's Semaphore", () => {
  test("serves the next in line when the first is aborted", async () => {
    expect(await told(locks.abortFirstInLine)).toEqual(["true true false 2"]);
  });

  test("has permits that go with a task, are forgotten and added", async () => {
    expect(await told(locks.givePermits)).toEqual(["true 0 1 4"]);
  });

  test("refuses more permits than there may be", async () => {
    await expect(runtime.spawn(locks.askTooMuch)).rejects.toHaveProperty(
      "cause.message",
      expect.stringContaining("Cannot make semaphore: too many permits"),
    );
  });

  test("refuses all once it is closed", async () => {
    expect(await told(locks.closeSemaphore)).toEqual(["false true true"]);
  });
});

describe("a guest's RwLock", () => {
  test("has many readers or one writer, in order", async () => {
    expect(await told(locks.readAndWrite)).toEqual(["true 11 11 11"]);
  });
});

describe("a guest's mpsc channel", () => {
  test("brings every message of every sender, with a limit and without", async () => {
    for (const capacity of [0, 1, 7, 1000]) {
      expect(await runtime.spawn(channels.sum, 4, capacity)).toBe(501_000n);
    }
  });

  test("copies text, bytes and objects, in order", async () => {
    expect(await told(channels.sendAllKinds)).toEqual(["012 912 7 1.5"]);
  });

  test("serves the next sender when one is aborted in line", async () => {
    expect(await told(channels.abortSender)).toEqual(["first one two true"]);
  });

  test("refuses senders once its receiver is gone", async () => {
    expect(await told(channels.abortReceiver)).toEqual(["true false true"]);
    expect(await told(channels.closeReceiver)).toEqual(["false 1 true false"]);
  });

  test("ends for the receiver as its last sender goes", async () => {
    expect(await runtime.spawn(channels.endAll, 100)).toBe(4950);
  });
});

describe("a guest's oneshot channel", () => {
  test("brings one message, or the end", async () => {
    expect(await told(channels.answerOnce)).toEqual(["true 42 true false false"]);
  });

  test("is one also for whoever asks about it while both ends are still together", async () => {
    const sent = "true false 1 false 2 one false true true two false false";
    expect(await told(channels.askBoth)).toEqual([sent]);
  });

  test("gives what comes to who waits once, and fails who waits in vain", async () => {
    await expect(runtime.spawn(channels.waitOnce)).rejects.toThrow(/the sender has gone/);
  });
});

describe("a guest's Notify", () => {
  test("tells one, or keeps one call for the next", async () => {
    expect(await told(signals.keepOne)).toEqual(["false true"]);
  });

  test("tells all who wait", async () => {
    expect(await told(signals.tellAll)).toEqual([10]);
  });

  test("tells one, too, that lets others run before it waits", async () => {
    await using single = await Runtime.create({ workerThreads: 1 });
    const { tellWhileBusy } = await single.load<Signals>(fileOf("signals"));
    expect(await single.spawn(tellWhileBusy)).toBe(true);
  });

  test("is passed on by a task that is aborted", async () => {
    expect(await told(signals.abortWaiting)).toEqual([true]);
    expect(await told(signals.abortAlone)).toEqual([true]);
  });
});

describe("a guest's Barrier", () => {
  test("lets tasks go on together, each time with one leader", async () => {
    expect(await told(signals.meetAll)).toEqual([20]);
  });
});

describe("a guest's handle", () => {
  test("is given up as its task ends, with whatever it stands for", async () => {
    const { endWithLock, abortFirstInLine, givePermits, closeSemaphore, readAndWrite } = locks;
    const { sendAllKinds, abortSender, abortReceiver, closeReceiver, answerOnce } = channels;
    const stories = [
      ...[endWithLock, abortFirstInLine, givePermits, closeSemaphore, readAndWrite],
      ...[sendAllKinds, abortSender, abortReceiver, closeReceiver, answerOnce],
    ];
    await levelsOff(runtime.metrics, async () => {
      for (let time = 0; time < 200; time++) {
        for (const story of stories) await runtime.spawn(story);
      }
    });
  });

  test("goes with a task beside other arguments", async () => {
    expect(await told(channels.takeAlong)).toEqual(["got 6 true text 0 text 1 0.5"]);
    expect(await told(channels.takeTwice)).toEqual([false]);
  });

  test("traps in a task that has given it away, or dropped it", async () => {
    for (const story of [locks.useMoved, locks.useDropped, signals.giveAwayPlace]) {
      await expect(runtime.spawn(story)).rejects.toHaveProperty(
        "cause.message",
        expect.stringContaining("Cannot use handle: it was dropped, has gone to another task"),
      );
    }
  });

  test("stays with its task as long as it stands in line", async () => {
    await expect(runtime.spawn(signals.returnPlace)).rejects.toHaveProperty(
      "cause.message",
      expect.stringContaining("Cannot return place"),
    );
  });
});
