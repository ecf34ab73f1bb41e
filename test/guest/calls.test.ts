import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type GuestCall, type GuestTask, sleep, spawn } from "tokiwa";
import { buildGuest } from "tokiwa/build";
import { JoinError } from "tokiwa/error";
import { type BuilderOptions, Runtime } from "tokiwa/runtime";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { levelsOff } from "../support/leaks.ts";
import { wrong } from "../support/misuse.ts";
import { deferred, rejection, until } from "../support/waiting.ts";

interface Tasks {
  readonly prices: GuestTask<[symbols: string, turns: number], number>;
  readonly everyKind: GuestTask<[], string>;
  readonly many: GuestTask<[count: number], number>;
  readonly ask: GuestTask<[symbol: string], number>;
  readonly abandonCall: GuestTask<[way: number, turns: number], boolean>;
}

interface Functions {
  priceOf(symbol: string, call: GuestCall): number | PromiseLike<number>;
  nothing(call: GuestCall): void | PromiseLike<void>;
  mixed(flag: boolean, small: number, large: bigint, bytes: Uint8Array): string;
  bytesOf(count: number): Uint8Array;
  half(value: bigint): bigint;
}

const FUNCTIONS: Functions = {
  priceOf: (symbol) => symbol.length,
  nothing() {},
  mixed: (flag, small, large, bytes) => [flag, small, large, bytes].join(),
  bytesOf: (count) => new Uint8Array(count).fill(9),
  half: (value) => value / 2n,
};

let folder: string;
let code: Uint8Array;
let declarations: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokiwa-calls-"));
  const entry = fileURLToPath(new URL("./fixtures/calls.ts", import.meta.url));
  const outFile = join(folder, "calls.wasm");
  await buildGuest({ entry, outFile });
  code = await readFile(outFile);
  declarations = await readFile(`${outFile}.d.ts`, "utf8");
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A runtime with the guest, of which some functions are others. */
async function load(
  functions: Partial<Functions> = {},
  options: BuilderOptions = { workerThreads: 2 },
) {
  const runtime = await Runtime.create(options);
  onTestFinished(() => runtime.shutdown());
  const all = { ...FUNCTIONS, ...functions };
  const tasks = await runtime.load<Tasks, Functions>(code, { functions: all });
  return { runtime, tasks };
}

const FLAVORS: BuilderOptions[] = [{ workerThreads: 2 }, { flavor: "currentThread" }];

describe.each(FLAVORS)("a guest's call of a TypeScript function, %o", (options) => {
  test("takes arguments, and gives values, of every kind", async () => {
    const { runtime, tasks } = await load({}, options);
    const seen = await runtime.spawn(tasks.everyKind);
    expect(seen).toBe("true,-5,18446744073709551615,0,7,0 4 9 -4");
  });

  test("waits for an async function, which belongs to the runtime", async () => {
    const priceOf = async (symbol: string) => {
      await sleep(1);
      return spawn(async () => symbol.length * 10);
    };
    const { runtime, tasks } = await load({ priceOf }, options);
    expect(await runtime.spawn(tasks.prices, "a bb ccc", 3)).toBe(180);
  });

  test("is one of many at once", async () => {
    const { runtime, tasks } = await load({ priceOf: async (symbol) => Number(symbol) }, options);
    expect(await runtime.spawn(tasks.many, 2000)).toBe(1_999_000);
  });

  test("ends the task of what the function throws, or is rejected with", async () => {
    const failing = [
      () => {
        throw new RangeError("no such symbol");
      },
      () => Promise.reject(new RangeError("no such symbol")),
    ];
    for (const priceOf of failing) {
      const { runtime, tasks } = await load({ priceOf }, options);
      const error = await rejection(runtime.spawn(tasks.ask, "x"));
      expect(error).toBeInstanceOf(JoinError);
      const { kind, cause } = error as JoinError;
      expect(kind).toBe("panic");
      expect(cause).toBeInstanceOf(RangeError);
      expect((cause as Error).message).toBe("no such symbol");
      expect((cause as Error).stack).toContain("calls.test");
    }
  });

  test("ends the task if the value is of another type than was declared", async () => {
    const { runtime, tasks } = await load({ priceOf: () => wrong("a lot") }, options);
    const { cause } = (await rejection(runtime.spawn(tasks.ask, "x"))) as JoinError;
    expect(String(cause)).toBe(
      'TypeError: Cannot answer guest\'s call of "priceOf": value must be a number, got "a lot"',
    );
  });

  test("tells the function, if it likes, that the task was aborted", async () => {
    const called = deferred<GuestCall>();
    const priceOf = (_symbol: string, call: GuestCall) => {
      called.resolve(call);
      return new Promise<number>((_, reject) => {
        call.signal.addEventListener("abort", () => reject(call.signal.reason));
      });
    };
    const { runtime, tasks } = await load({ priceOf }, options);
    const task = runtime.spawn(tasks.ask, "x");
    const { signal } = await called.promise;
    expect(signal.aborted).toBe(false);
    task.abort();
    expect(await rejection(task)).toMatchObject({ kind: "cancelled" });
    await until(() => signal.aborted);
    expect(signal.reason).toMatchObject({ name: "CancelledError" });
  });

  test("drops the answer that comes for a task which is no more", async () => {
    const answer = deferred<number>();
    const called = deferred();
    const priceOf = () => {
      called.resolve();
      return answer.promise;
    };
    const { runtime, tasks } = await load({ priceOf }, options);
    const task = runtime.spawn(tasks.ask, "x");
    await called.promise;
    task.abort();
    expect(await rejection(task)).toMatchObject({ kind: "cancelled" });
    answer.resolve(1);
    await answer.promise;
    expect(await runtime.spawn(tasks.everyKind)).toContain("true");
  });

  test("leaves nothing if the task is aborted in it, or its time is over", async () => {
    const calls: GuestCall[] = [];
    const priceOf = (_symbol: string, call: GuestCall) => {
      calls.push(call);
      return new Promise<never>(() => {});
    };
    const { runtime, tasks } = await load({ priceOf }, options);
    const { metrics } = runtime;
    const abandonAll = async () => {
      const ends = [0, 1, 2].flatMap((way) =>
        [0, 1, 3].map((turns) => runtime.spawn(tasks.abandonCall, way, turns)),
      );
      expect(await Promise.all(ends)).toEqual(ends.map(() => true));
      await until(() => metrics.aliveTasks === 0 && metrics.pendingWaits === 0);
      await until(() => calls.every(({ signal }) => signal.aborted));
    };
    await levelsOff(metrics, async () => {
      for (let time = 0; time < 30; time++) await abandonAll();
    });
    expect(calls.length).toBeGreaterThan(0);
  });

  test("is cancelled as the runtime shuts down, and its signal aborts", async () => {
    for (let time = 0; time < 10; time++) {
      const called = deferred<AbortSignal>();
      const answer = deferred<number>();
      const priceOf = (_symbol: string, { signal }: GuestCall) => {
        called.resolve(signal);
        return answer.promise;
      };
      const { runtime, tasks } = await load({ priceOf }, options);
      const task = runtime.spawn(tasks.ask, "x");
      const signal = await called.promise;
      const ended = rejection(task);
      await runtime.shutdown();
      expect(await ended).toMatchObject({ kind: "cancelled" });
      expect(signal.aborted).toBe(true);
      answer.resolve(1); // Too late, and heard by nobody.
      await answer.promise;
    }
  });
});

test("a call waits while the thread that has loaded the guest is busy", async () => {
  const { runtime, tasks } = await load();
  const task = runtime.spawn(tasks.prices, "a", 1);
  const until = performance.now() + 30;
  while (performance.now() < until);
  expect(await task).toBe(1);
});

describe("load", () => {
  test("refuses a guest whose functions are not there, are none, or are not its own", async () => {
    const runtime = await Runtime.create({ workerThreads: 1 });
    onTestFinished(() => runtime.shutdown());
    const loaded = (functions?: object) => rejection(runtime.load(code, wrong({ functions })));
    const { half: _, ...fewer } = FUNCTIONS;
    const said = [
      // @ts-expect-error: with its types given, it wants its functions, too.
      await rejection(runtime.load<Tasks, Functions>(code)),
      await loaded(fewer),
      await loaded({ ...FUNCTIONS, half: 5 }),
      await loaded({ ...FUNCTIONS, pricesOf: () => 1 }),
      await rejection(runtime.load(code, wrong({ function: {} }))),
    ];
    const ACTION = "TypeError: Cannot load guest guest.wasm: ";
    expect(said.map(String)).toEqual([
      `${ACTION}functions.priceOf, which it calls, must be a function, got undefined`,
      `${ACTION}functions.half, which it calls, must be a function, got undefined`,
      `${ACTION}functions.half, which it calls, must be a function, got 5`,
      `${ACTION}there is no option "functions.pricesOf", did you mean "functions.priceOf"?`,
      `${ACTION}there is no option "function", did you mean "functions"?`,
    ]);
  });
});

test("the declarations of a guest type the functions that it calls", () => {
  expect(declarations).toContain(`export interface Functions {
  priceOf(symbol: string, call: GuestCall): number | PromiseLike<number>;
  nothing(call: GuestCall): void | PromiseLike<void>;
`);
});
