import { AsyncLocalStorage } from "node:async_hooks";
import {
  Notify,
  Runtime,
  type Scope,
  scope,
  sleep,
  spawn,
  taskLocal,
  timeout,
  yieldNow,
} from "tokiwa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let runtime: Runtime;
beforeEach(async () => {
  runtime = await Runtime.create({ flavor: "currentThread" });
});
afterEach(() => runtime.shutdown());

/** A test whose body runs on the runtime. */
function inside(name: string, body: () => Promise<void>): void {
  test(name, () => runtime.run(body));
}

/** Notes how it ends; never does by itself. */
async function waiting(log: string[], name: string): Promise<void> {
  try {
    await sleep(60_000);
  } finally {
    await yieldNow();
    log.push(name);
  }
}

describe("scope", () => {
  inside("waits for its tasks, also for those that they spawn", async () => {
    const log: string[] = [];
    const value = await scope(async (s) => {
      s.spawn(function* () {
        yield* sleep(1);
        s.spawn(async () => {
          await sleep(1);
          log.push("inner");
        });
        log.push("outer");
      });
      return "value";
    });
    expect([value, ...log]).toEqual(["value", "outer", "inner"]);
  });

  inside("ends the others, and the body, when a task fails", async () => {
    const log: string[] = [];
    const failing = scope(async (s) => {
      s.signal.addEventListener("abort", () => log.push("signal"));
      s.spawn(() => waiting(log, "task"));
      s.spawn(async () => {
        await yieldNow();
        throw new RangeError("one");
      });
      await waiting(log, "body");
    });
    await expect(failing).rejects.toEqual(new RangeError("one"));
    expect(log.sort()).toEqual(["body", "signal", "task"]);
  });

  inside("ends its tasks when the body fails", async () => {
    const log: string[] = [];
    const failing = scope(async (s) => {
      s.spawn(() => waiting(log, "task"));
      await yieldNow();
      throw new RangeError("body");
    });
    await expect(failing).rejects.toThrow("body");
    expect(log).toEqual(["task"]);
  });

  inside("takes a generator, and a function that throws at once", async () => {
    const log: string[] = [];
    const failing = scope(function* (s) {
      s.spawn(async () => {
        throw new RangeError("task");
      });
      try {
        yield* sleep(60_000);
      } finally {
        log.push("body");
      }
    });
    await expect(failing).rejects.toThrow("task");
    expect(log).toEqual(["body"]);
    const throwing = scope(() => {
      throw new RangeError("at once");
    });
    await expect(throwing).rejects.toThrow("at once");
    expect(await scope(() => 5)).toBe(5);
  });

  inside("tells of every failure, but not twice of one", async () => {
    const failing = scope(async (s) => {
      const first = s.spawn(async () => {
        await yieldNow();
        throw new RangeError("first");
      });
      s.spawn(async () => await first);
      s.spawn(async () => {
        try {
          await sleep(60_000);
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: a clean-up that fails.
          throw new RangeError("second");
        }
      });
      await first;
    });
    const error = (await failing.catch((reason) => reason)) as unknown as AggregateError;
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors.map(String)).toEqual(["RangeError: first", "RangeError: second"]);
    expect(error.message).toBe("Cannot finish scope: 2 have failed");
  });

  inside("counts a task that was aborted by itself as no failure", async () => {
    const log: string[] = [];
    const value = await scope(async (s) => {
      const one = s.spawn(() => waiting(log, "one"));
      s.spawn(() => waiting(log, "two"));
      await yieldNow();
      one.abort();
      await yieldNow();
      s.abortAll();
      return s.size;
    });
    expect(value).toBe(2);
    expect(log).toEqual(["one", "two"]);
  });

  inside("does not wait for a promise that nobody can stop", async () => {
    const failing = scope(async (s) => {
      s.spawn(async () => {
        throw new RangeError("task");
      });
      await new Promise(() => {});
    });
    await expect(failing).rejects.toThrow("task");
  });

  inside("gives up what it has begun, if it is given up", async () => {
    const log: string[] = [];
    const notify = new Notify();
    const long = scope(async (s) => {
      s.spawn(() => waiting(log, "task"));
      s.spawn(async () => {
        await sleep(60_000).catch(() => {});
        log.push("caught");
        notify.notifyOne();
      });
      await waiting(log, "body");
    });
    await expect(timeout(5, long)).rejects.toThrow("5 ms have passed");
    await notify.notified();
    for (let turn = 0; turn < 3; turn++) await yieldNow();
    expect(log.sort()).toEqual(["body", "caught", "task"]);
    expect(runtime.metrics.aliveTasks).toBe(0);
  });

  inside("refuses tasks once it has ended, and ends those that come as it fails", async () => {
    let kept: Scope | undefined;
    let started = false;
    const failing = scope(async (s) => {
      kept = s;
      s.spawn(async () => {
        throw new RangeError("task");
      });
      try {
        await sleep(60_000);
      } finally {
        s.spawn(async () => {
          started = true;
        });
      }
    });
    await expect(failing).rejects.toThrow("task");
    expect(started).toBe(false);
    expect(kept?.signal.aborted).toBe(true);
    expect(() => kept?.spawn(async () => {})).toThrow("Cannot spawn task: the scope has ended");
  });

  inside("hands task-locals and asynchronous storage on to its tasks", async () => {
    const key = taskLocal<string>("key");
    const storage = new AsyncLocalStorage<string>();
    const seen = await storage.run("stored", async () =>
      key.scope("local", async () =>
        scope(async (s) => {
          const read = () => `${key.tryGet()} ${storage.getStore()}`;
          const plain = s.spawn(async () => {
            await sleep(1);
            return read();
          });
          const generator = s.spawn(function* () {
            yield* sleep(1);
            return read();
          });
          const outside = spawn(async () => key.tryGet());
          return [await plain, await generator, await outside];
        }),
      ),
    );
    expect(seen).toEqual(["local stored", "local stored", undefined]);
  });
});
