import { describe, expect, test } from "vitest";
import { UnsupportedError } from "../../src/error/unsupported.ts";
import type { OptionPlatform } from "../../src/runtime/default-options.ts";
import type { BuilderOptions } from "../../src/runtime/options.ts";
import { validateOptions } from "../../src/runtime/validate-options.ts";

const machine: OptionPlatform = { name: "node", parallelism: 3, sharesMemory: true };
const browser: OptionPlatform = { name: "browser", parallelism: 8, sharesMemory: false };

function resolve(options: unknown = {}, platform = machine, environment = {}) {
  return validateOptions(options as BuilderOptions, platform, environment);
}

function refusal(options: unknown, environment = {}): string {
  try {
    resolve(options, machine, environment);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "accepted";
}

describe("validateOptions", () => {
  test("completes what was left out", () => {
    const { hooks, ...resolved } = resolve();
    expect(resolved).toMatchObject({
      flavor: "multiThread",
      workerThreads: 3,
      maxBlockingThreads: 6,
      blockingKeepAlive: 10_000,
      name: undefined,
      ioEnabled: true,
      timeEnabled: true,
      globalQueueInterval: 0,
      eventInterval: 61,
      maxIoEventsPerTick: 1024,
      unhandledPanic: "ignore",
      lifoSlot: true,
      pollTime: undefined,
      scheduleLatency: undefined,
      maxMemory: 2 ** 30,
      maxTaskFrames: 65_536,
      maxTaskArena: 2 ** 26,
      collectTaskAbove: 2 ** 18,
      resourceLimits: {},
    });
    expect(hooks.threadName(2)).toBe("tokiwa-worker-2");
  });

  test("gives what can be sent to a worker, apart from the hooks", () => {
    const { hooks: _, ...resolved } = resolve({
      metrics: { pollTime: true, scheduleLatency: { kind: "log", precision: 3 } },
      drivers: { time: true },
      hooks: { onTaskSpawn() {} },
      onWorkerLost() {},
      rngSeed: "seed",
      stackSize: 2 ** 21,
    });
    expect(structuredClone(resolved)).toEqual(resolved);
    expect(resolved.pollTime).toEqual({ kind: "linear" });
    expect(resolved.scheduleLatency).toEqual({ kind: "log", precision: 3 });
    expect(resolved.resourceLimits).toEqual({ stackSizeMb: 2 });
    expect(resolved.ioEnabled).toBe(false);
  });

  test("says what a number must be", () => {
    expect(refusal({ workerThreads: 0 })).toBe(
      "RangeError: Cannot build runtime: workerThreads must be a whole number " +
        "from 1 to 1024, got 0",
    );
    for (const value of [1025, 1.5, Number.NaN, -1, "2", null, [1]]) {
      expect(refusal({ workerThreads: value })).toContain("RangeError: Cannot build runtime: work");
    }
    expect(refusal({ maxBlockingThreads: 0 })).toContain("whole number from 1 to 512, got 0");
    expect(refusal({ blockingKeepAlive: -1 })).toContain("must be a number, 0 or more, got -1");
    expect(refusal({ globalQueueInterval: 0 })).toContain("globalQueueInterval must be a whole");
    expect(refusal({ eventInterval: 0 })).toContain("eventInterval must be a whole number");
    expect(refusal({ maxIoEventsPerTick: 1e6 })).toContain("from 1 to 65536, got 1000000");
    expect(refusal({ maxMemory: 2 ** 31 })).toContain("from 4194304 to 1073741824");
    expect(refusal({ maxTaskFrames: 255 })).toContain("maxTaskFrames must be a whole number from");
    expect(refusal({ maxTaskArena: 2 ** 31 })).toContain("from 1024 to 1073741824, got 2147483648");
    expect(refusal({ collectTaskAbove: 100 })).toContain("from 1024 to 1073741824, got 100");
    expect(refusal({ stackSize: 1 })).toContain("stackSize must be a whole number");
    expect(refusal({ resourceLimits: { stackSizeMb: 0 } })).toContain("resourceLimits.stackSizeMb");
    expect(refusal({ rngSeed: -1 })).toContain("rngSeed must be a whole number");
  });

  test("says which words there are", () => {
    expect(refusal({ flavor: "multithread" })).toBe(
      'RangeError: Cannot build runtime: flavor must be "currentThread" or "multiThread", ' +
        'got "multithread"',
    );
    expect(refusal({ unhandledPanic: "throw" })).toContain('must be "ignore" or "shutdownRuntime"');
    expect(refusal({ drivers: "none" })).toContain('drivers must be "all" or an object');
    expect(refusal({ metrics: { pollTime: 5 } })).toContain("metrics.pollTime must be true, false");
  });

  test("says which type is wanted", () => {
    expect(refusal({ lifoSlot: 1 })).toContain("TypeError: Cannot build runtime: lifoSlot must be");
    expect(refusal({ name: "" })).toContain("name must be a string with something in it");
    expect(refusal({ threadName: 7 })).toContain("threadName must be a string");
    expect(refusal({ hooks: { onThreadPark: 1 } })).toContain("hooks.onThreadPark must be a fun");
    expect(refusal({ onUnhandledPanic: {} })).toContain("must be a function, got an object");
    expect(refusal({ drivers: { io: 1 } })).toContain("drivers.io must be true or false, got 1");
    expect(refusal([])).toContain("options must be an object, got an array");
    expect(refusal({ hooks: () => 1 })).toContain("hooks must be an object, got a function");
  });

  test("refuses what does not exist, and guesses what was meant", () => {
    expect(refusal({ workerThread: 2 })).toBe(
      'TypeError: Cannot build runtime: there is no option "workerThread", ' +
        'did you mean "workerThreads"?',
    );
    expect(refusal({ workers: 2 })).toContain('did you mean "workerThreads"?');
    expect(refusal({ maxBlokingThreds: 2 })).toContain('did you mean "maxBlockingThreads"?');
    expect(refusal({ hooks: { onTaskSpwan() {} } })).toContain('did you mean "hooks.onTaskSpawn"?');
    expect(refusal({ metrics: { polltime: true } })).toContain('"metrics.pollTime"?');
    expect(refusal({ drivers: { timer: true } })).toContain('did you mean "drivers.time"?');
    expect(refusal({ colour: 1 })).toBe(
      'TypeError: Cannot build runtime: there is no option "colour"',
    );
  });

  test("refuses what contradicts itself", () => {
    expect(refusal({ flavor: "currentThread", workerThreads: 2 })).toContain(
      'workerThreads needs the flavor "multiThread"',
    );
    expect(refusal({ unhandledPanic: "shutdownRuntime" })).toContain(
      'needs the flavor "currentThread"',
    );
    expect(resolve({ flavor: "currentThread", unhandledPanic: "shutdownRuntime" })).toMatchObject({
      workerThreads: 0,
    });
  });

  test("checks the environment", () => {
    const set = (count: string) => ({ TOKIWA_WORKER_THREADS: count });
    expect(resolve({}, machine, set("7")).workerThreads).toBe(7);
    expect(resolve({}, machine, set("")).workerThreads).toBe(3);
    expect(resolve({ workerThreads: 2 }, machine, set("7")).workerThreads).toBe(2);
    expect(resolve({ flavor: "currentThread" }, machine, set("x")).workerThreads).toBe(0);
    expect(refusal({}, set("0"))).toContain("TOKIWA_WORKER_THREADS must be a whole number from 1");
    expect(refusal({}, set("abc"))).toContain('to 1024, got "abc"');
    expect(refusal({}, set("1e2"))).toContain('to 1024, got "1e2"');
  });

  test("knows what the platform can have", () => {
    expect(resolve({}, browser).flavor).toBe("currentThread");
    for (const options of [{ flavor: "multiThread" }, { workerThreads: 2 }])
      expect(() => resolve(options, browser)).toThrow(UnsupportedError);
  });

  test("makes 32 bits of every seed", () => {
    expect(resolve({ rngSeed: 5 }).rngSeed).toBe(5);
    expect(resolve({ rngSeed: "a" }).rngSeed).toBe(resolve({ rngSeed: "a" }).rngSeed);
    expect(resolve({ rngSeed: "a" }).rngSeed).not.toBe(resolve({ rngSeed: "b" }).rngSeed);
    const bytes = new Uint8Array([97]);
    expect(resolve({ rngSeed: bytes }).rngSeed).toBe(resolve({ rngSeed: "a" }).rngSeed);
  });

  test("finds what is wrong with a histogram", () => {
    expect(refusal({ metrics: { pollTime: { kind: "log", precision: 99 } } })).toContain(
      "precision must be a whole number from 2 to 10, got 99",
    );
  });
});
