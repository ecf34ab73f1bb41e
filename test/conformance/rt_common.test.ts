/**
 * Tokio's `rt_common.rs`: what every flavor of runtime does. Tasks are closures, which run on the
 * thread that made the runtime, and portable tasks, which run on its workers.
 * Those of its tests that use sockets are in `rt_common_sockets.test.ts`.
 *
 * These have another shape: `panic_in_task` asks for the `finally` block instead of a destructor;
 * "from another thread" is a portable task or a blocking job.
 */
import {
  consumeBudget,
  Future,
  Handle,
  type JoinHandle,
  PENDING,
  type Pending,
  sleep,
  spawn,
  spawnBlocking,
  tryTaskId,
  unconstrained,
  type Waker,
  yieldNow,
} from "tokiwa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { deferred, Mailbox, rejection, turns, until } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor } from "./flavors.ts";

let gate: Gate;
beforeEach(() => {
  gate = new Gate();
});
afterEach(() => {
  gate.open();
});

/** Takes a unit of the budget: ready as long as there is one. Counts how often it had to wait. */
class Unit extends Future<void> {
  static pendings = 0;

  poll(waker: Waker): undefined | Pending {
    const answer = consumeBudget().poll(waker) as undefined | Pending;
    if (answer === PENDING) Unit.pendings += 1;
    return answer;
  }

  [Symbol.dispose](): void {}
}

function* take(units: number) {
  for (let unit = 0; unit < units; unit++) yield* new Unit();
}

describe("rt_common", () => {
  onEveryFlavor((make, name) => {
    test("spawn_one_bg", async () => {
      const runtime = await make();
      const sent = deferred<string>();
      const value = await runtime.run(async () => {
        spawn(async () => sent.resolve("ZOMG"));
        return sent.promise;
      });
      expect(value).toBe("ZOMG");
    });

    test("spawn_one_join", async () => {
      const runtime = await make();
      const values = await runtime.run(async () => {
        const local = spawn(async () => "ZOMG");
        const generator = spawn(function* () {
          yield* yieldNow();
          return "generated";
        });
        return [await local, await generator, await spawn(portable.echo, "ported")];
      });
      expect(values).toEqual(["ZOMG", "generated", "ported"]);
    });

    test("spawn_two", async () => {
      const runtime = await make();
      const value = await runtime.run(async () => {
        const [first, second] = [deferred<string>(), deferred<string>()];
        spawn(async () => first.resolve("ZOMG"));
        spawn(async () => second.resolve(await first.promise));
        return second.promise;
      });
      expect(value).toBe("ZOMG");
    });

    test("spawn_many_from_block_on", async () => {
      const runtime = await make();
      const values = await runtime.run(async () => {
        const done = new Mailbox<number>();
        for (let index = 0; index < 200; index++) {
          const sent = deferred<number>();
          spawn(async () => done.send((await sent.promise) + 1));
          spawn(async () => sent.resolve(index));
        }
        const received: number[] = [];
        while (received.length < 200) received.push(await done.receive());
        return received.sort((a, b) => a - b);
      });
      expect(values).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    });

    test("spawn_many_from_task", async () => {
      const runtime = await make();
      const sums = await runtime.run(async () => {
        const local = spawn(async () => {
          const handles = Array.from({ length: 500 }, (_, index) => spawn(async () => index));
          let sum = 0;
          for (const handle of handles) sum += await handle;
          return sum;
        });
        return [await local, await spawn(portable.fan, 500), await spawn(portable.fanLocal, 500)];
      });
      expect(sums).toEqual([124_750, 124_750, 124_750]);
    });

    test("spawn_one_from_block_on_called_on_handle", async () => {
      const runtime = await make();
      let handle!: JoinHandle<string>;
      runtime.handle.blockOn(function* () {
        handle = spawn(async () => "ZOMG");
        yield* yieldNow();
      });
      expect(await handle).toBe("ZOMG");
    });

    test("spawn_await_chain", async () => {
      const runtime = await make();
      const value = await runtime.run(async () => spawn(async () => spawn(async () => "hello")));
      expect(value).toBe("hello");
    });

    test("nested_rt", async () => {
      const [outer, inner] = [await make(), await make()];
      expect(() =>
        outer.blockOn(function* () {
          inner.blockOn(function* () {});
          yield* yieldNow();
        }),
      ).toThrow("Cannot block on future: this thread is inside of blockOn already");
      expect(
        await rejection(outer.spawn(async () => inner.blockOn(function* () {}))),
      ).toMatchObject({ isPanic: true });
    });

    test("create_rt_in_block_on", async () => {
      const outer = await make();
      const inner = await outer.run(async () => make());
      expect(await inner.run(async () => spawn(async () => Handle.current().id))).toBe(inner.id);
      expect(await outer.run(async () => inner.spawn(portable.echo, "hello"))).toBe("hello");
      // A future of one runtime that is waited for in the other.
      const nap = await outer.run(async () => [sleep(1)]);
      await inner.run(async () => nap[0]);
      await inner.run(function* () {
        yield* outer.spawn(async () => sleep(1));
      });
    });

    test("complete_block_on_under_load", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const load = spawn(function* () {
          for (;;) yield* yieldNow();
        });
        spawn(portable.spin, "", gate.path).detach();
        const slept = spawn(async () => sleep(5));
        await slept;
        load.abort();
        gate.open();
      });
    });

    test("complete_task_under_load", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const spinning = spawn(portable.spin, gate.mark("spins"), gate.path);
        await until(() => gate.hasMark("spins"));
        expect(await spawn(portable.echo, 1)).toBe(1);
        expect(await spawn(portable.nap, 5)).toBeGreaterThan(0);
        gate.open();
        await spinning;
      });
    });

    test("spawn_from_other_thread_under_load", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const spinning = spawn(portable.spin, gate.mark("spins"), gate.path);
        await until(() => gate.hasMark("spins"));
        expect(await spawnBlocking(portable.spawnFromBlocking)).toBe("hello");
        gate.open();
        await spinning;
      });
    });

    test("sleep_at_root", async () => {
      const runtime = await make();
      const begin = performance.now();
      await runtime.run(async () => sleep(50));
      expect(performance.now() - begin).toBeGreaterThanOrEqual(50);
      const again = performance.now();
      runtime.blockOn(() => sleep(50));
      expect(performance.now() - again).toBeGreaterThanOrEqual(50);
    });

    test("sleep_in_spawn", async () => {
      const runtime = await make();
      const begin = performance.now();
      await runtime.run(async () => spawn(async () => sleep(50)));
      expect(performance.now() - begin).toBeGreaterThanOrEqual(50);
      const again = performance.now();
      await runtime.spawn(portable.nap, 50);
      expect(performance.now() - again).toBeGreaterThanOrEqual(50);
    });

    test("spawn_from_blocking", async () => {
      const runtime = await make();
      expect(await runtime.spawnBlocking(portable.spawnFromBlocking)).toBe("hello");
      expect(await runtime.spawnBlocking(portable.spawnLocalFromBlocking)).toBe("hello");
    });

    test("spawn_blocking_from_blocking", async () => {
      const runtime = await make();
      expect(await runtime.spawnBlocking(portable.blockingFromBlocking)).toBe("hello");
    });

    test("sleep_from_blocking", async () => {
      const runtime = await make();
      expect(await runtime.spawnBlocking(portable.sleepFromBlocking, 50)).toBeGreaterThanOrEqual(
        50,
      );
    });

    test("yield_defers_until_park", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        let fired = false;
        setImmediate(() => {
          fired = true;
        });
        // A foreign source of the event loop is served before a task has yielded often.
        const rounds = await spawn(function* () {
          let count = 0;
          while (!fired && count < 1000) {
            count += 1;
            yield* yieldNow();
          }
          return count;
        });
        expect(rounds).toBeLessThan(10);
      });
    });

    test("coop_yield_defers_until_park", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        let fired = false;
        setImmediate(() => {
          fired = true;
        });
        const units = await spawn(async () => {
          let count = 0;
          while (!fired && count < 100_000) {
            count += 1;
            await consumeBudget();
          }
          return count;
        });
        expect(units).toBeLessThan(128 * 10);
      });
    });

    test("panic_in_task", async () => {
      const runtime = await make({ onUnhandledPanic: () => {} });
      let wasCleaned = false;
      const failing = runtime.spawn(async () => {
        try {
          await yieldNow();
          throw new Error("boom");
        } finally {
          wasCleaned = true;
        }
      });
      expect(await rejection(failing)).toMatchObject({ isPanic: true, cause: { message: "boom" } });
      expect(wasCleaned).toBe(true);
      const ported = await rejection(runtime.spawn(portable.fail, "boom"));
      expect(ported).toMatchObject({ isPanic: true, cause: { message: "boom" } });
      expect(await runtime.spawn(portable.echo, 1)).toBe(1);
    });

    test("panic_in_block_on", async () => {
      const runtime = await make();
      const boom = new Error("boom");
      const fails = () => {
        throw boom;
      };
      expect(() => runtime.blockOn(fails)).toThrow(boom);
      expect(() =>
        runtime.blockOn(function* () {
          yield* yieldNow();
          throw boom;
        }),
      ).toThrow(boom);
      expect(await rejection(runtime.run(async () => fails()))).toBe(boom);
      expect(
        runtime.blockOn(function* () {
          yield* yieldNow();
          return tryTaskId();
        }),
      ).toBeUndefined();
    });

    test("enter_and_spawn", async () => {
      const runtime = await make();
      const guard = runtime.enter();
      const handle = spawn(async () => Handle.current().id);
      guard[Symbol.dispose]();
      expect(await handle).toBe(runtime.id);
    });

    test("wake_while_rt_is_dropping", async () => {
      const runtime = await make();
      const [first, second] = [deferred(), deferred()];
      const ended: string[] = [];
      runtime.spawn(async () => {
        try {
          await sleep(1e9);
        } finally {
          ended.push("first");
          first.resolve();
        }
      });
      runtime.spawn(async () => {
        try {
          await first.promise;
          await yieldNow();
        } finally {
          ended.push("second");
          second.resolve();
        }
      });
      await turns();
      await runtime.shutdown();
      await second.promise;
      expect(ended).toEqual(["first", "second"]);
    });

    test("shutdown_timeout", async () => {
      const runtime = await make();
      runtime.spawnBlocking(portable.hold, gate.mark("began"), gate.path).detach();
      await until(() => gate.hasMark("began"));
      await runtime.shutdown({ timeout: 50 });
    });

    test("shutdown_wakeup_time", async () => {
      const runtime = await make();
      await runtime.spawn(async () => sleep(1));
      expect(await runtime.spawnBlocking(portable.echo, 1)).toBe(1);
      await runtime.shutdown({ timeout: 10_000_000 });
    });

    test("coop", async () => {
      const runtime = await make();
      Unit.pendings = 0;
      await runtime.spawn(function* () {
        yield* take(1000);
      });
      expect(Unit.pendings).toBeGreaterThanOrEqual(7);
    });

    test("coop_unconstrained", async () => {
      const runtime = await make();
      Unit.pendings = 0;
      await runtime.spawn(async () => unconstrained(() => take(1000)));
      expect(Unit.pendings).toBe(0);
    });

    test("coop_consume_budget", async () => {
      const runtime = await make();
      let neighbour = 0;
      const neighbours = runtime.spawn(function* () {
        for (;;) {
          neighbour += 1;
          yield* yieldNow();
        }
      });
      const seen = await runtime.spawn(async () => {
        await yieldNow();
        const before = neighbour;
        for (let unit = 0; unit < 1000; unit++) await consumeBudget();
        return neighbour - before;
      });
      expect(seen).toBeGreaterThan(0);
      neighbours.abort();
    });

    test("ping_pong_saturation", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        let isOver = false;
        const pairs = Array.from({ length: 100 }, () => {
          const [ping, pong] = [new Mailbox<number>(), new Mailbox<number>()];
          spawn(async () => {
            for (;;) pong.send((await ping.receive()) + 1);
          }).detach();
          return spawn(async () => {
            for (let value = 0; !isOver; ) {
              ping.send(value);
              value = await pong.receive();
              await consumeBudget();
            }
          });
        });
        let rounds = 0;
        await spawn(async () => {
          for (; rounds < 50; rounds++) await yieldNow();
        });
        isOver = true;
        expect(rounds).toBe(50);
        for (const pair of pairs) await pair;
      });
    });

    test("shutdown_concurrent_spawn", async () => {
      const runtime = await make();
      const tasks: JoinHandle<void>[] = [];
      for (let index = 0; index < 10_000; index++) {
        tasks.push(
          runtime.spawn(function* () {
            yield* sleep(1e9);
          }),
        );
      }
      const ported = Array.from({ length: 100 }, () => runtime.spawn(portable.nap, 1e9));
      await turns();
      for (const task of tasks) task.abort();
      await runtime.shutdown();
      const late = runtime.spawn(async () => "late");
      for (const task of [...tasks, ...ported, late]) {
        expect(await rejection(task)).toMatchObject({ isCancelled: true });
      }
      expect(runtime.metrics.aliveTasks).toBe(0);
      expect(runtime.flavor).toBe(name === "current_thread" ? "currentThread" : "multiThread");
    });
  });

  cannot("always_active_parker", "a runtime has one thread that can block on it, its own");
  cannot("runtime_in_thread_local", "there are no destructors of thread-local storage");
  cannot("wake_by_ref_from_thread_local", "there are no destructors of thread-local storage");
  cannot("wake_by_val_from_thread_local", "there are no destructors of thread-local storage");
});
