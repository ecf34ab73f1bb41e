/**
 * Tokio's `task_join_set.rs`. Closures are local, so the tests of spawn_local and spawn_local_on
 * are the same in every place.
 */
import { JoinError, JoinSet, type PortableTask, type Settled, sleep, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { deferred, rejection, turns, until } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor, runtimesOf } from "./flavors.ts";

describe("task_join_set", () => {
  onEveryFlavor((make) => {
    test("test_with_sleep", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = new JoinSet<number>();
        for (let round = 0; round < 2; round++) {
          for (let index = 0; index < 10; index++) {
            set.spawn(async () => index);
            expect(set.size).toBe(1 + index);
          }
          set.detachAll();
          expect([set.size, set.isEmpty]).toEqual([0, true]);
          expect(await set.joinNext()).toBeUndefined();
          for (let index = 0; index < 10; index++) {
            set.spawn(async () => {
              await sleep(index);
              return index;
            });
          }
          const seen = new Set<number>();
          for (let next = await set.joinNext(); next !== undefined; next = await set.joinNext()) {
            seen.add(next);
          }
          expect(seen.size).toBe(10);
          expect(set.size).toBe(0);
        }
      });
    });

    test("alternating", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = JoinSet.from<void>([async () => {}, async () => {}]);
        for (let round = 0; round < 16; round++) {
          await set.joinNext();
          expect(set.size).toBe(1);
          set.spawn(async () => {});
          expect(set.size).toBe(2);
        }
        set.detachAll();
      });
    });

    test("abort_tasks", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = new JoinSet<number>();
        const goes = deferred();
        let cancelled = 0;
        for (let index = 0; index < 16; index++) {
          const handle = set.spawn(async () => {
            await goes.promise;
            await yieldNow();
            return index;
          });
          if (index % 2 !== 0) handle.abort();
        }
        goes.resolve();
        const completed: number[] = [];
        for await (const settled of set) {
          if (settled.ok) completed.push(settled.value);
          else if (settled.error.isCancelled) cancelled += 1;
        }
        expect([cancelled, completed.length]).toEqual([8, 8]);
        expect(completed.every((index) => index % 2 === 0)).toBe(true);
      });
    });

    test("runtime_gone", async () => {
      const runtime = await make();
      const set = new JoinSet<string>();
      set.add(runtime.spawn(async () => "done"));
      set.add(runtime.spawn(async () => new Promise<string>(() => {})));
      set.add(runtime.spawn(portable.nap, 1e9) as never);
      await turns();
      await runtime.shutdown();
      const outcomes: Settled<string>[] = [];
      for await (const settled of set) outcomes.push(settled);
      const cancelled = outcomes.filter((settled) => !settled.ok && settled.error.isCancelled);
      expect([outcomes.length, cancelled.length]).toEqual([3, 2]);
    });

    test("join_all", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = new JoinSet<number>();
        for (let index = 0; index < 5; index++) set.spawn(async () => index);
        set.spawn(portable.echo as PortableTask<[number], number>, 5);
        set.spawnBlocking(portable.echo as PortableTask<[number], number>, 6);
        expect((await set.joinAll()).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
        expect(set.isEmpty).toBe(true);
      });
    });

    test("task_panics", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const boom = new Error("boom");
        const set = new JoinSet<void>();
        let ended = 0;
        for (let index = 0; index < 3; index++) {
          set.spawn(async () => {
            try {
              await sleep(1e9);
            } finally {
              ended += 1;
            }
          });
        }
        set.spawn(async () => {
          throw boom;
        });
        expect(await rejection(set.joinAll())).toBe(boom);
        await until(() => ended === 3);
        expect(set.isEmpty).toBe(true);
      });
    });

    test("abort_all", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = new JoinSet<void>();
        for (let index = 0; index < 5; index++) set.spawn(async () => new Promise<void>(() => {}));
        for (let index = 0; index < 5; index++) set.spawn(async () => sleep(1e9));
        await turns();
        set.abortAll();
        expect(set.size).toBe(10);
        let count = 0;
        for await (const settled of set) {
          count += 1;
          expect(settled).toMatchObject({ ok: false, error: { isCancelled: true } });
        }
        expect([count, set.size]).toEqual([10, 0]);
      });
    });

    test("try_join_next", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = new JoinSet<number>();
        expect(set.tryJoinNext()).toBeUndefined();
        const handles = Array.from({ length: 1000 }, () => set.spawn(async () => 1));
        expect(set.tryJoinNext()).toBeUndefined();
        await until(() => handles.every((handle) => handle.isFinished));
        let count = 0;
        while (set.tryJoinNext() === 1) count += 1;
        expect([count, set.isEmpty]).toEqual([1000, true]);
      });
    });

    test("try_join_next_with_id", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = new JoinSet<number>();
        const handles = Array.from({ length: 100 }, (_, index) => set.spawn(async () => index));
        await until(() => handles.every((handle) => handle.isFinished));
        const ids: number[] = [];
        for (;;) {
          const settled = set.tryJoinNextWithId();
          if (settled === undefined) break;
          expect(settled).toEqual({ ok: true, id: handles[ids.length]?.id, value: ids.length });
          ids.push(settled.id);
        }
        expect(ids).toEqual(handles.map((handle) => handle.id));
      });
    });

    test("extend", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = JoinSet.from([1, 2, 3].map((value) => async () => value));
        for (const value of [4, 5, 6]) set.spawn(async () => value);
        const values: number[] = [];
        for await (const settled of set) if (settled.ok) values.push(settled.value);
        expect(values.sort()).toEqual([1, 2, 3, 4, 5, 6]);
      });
    });

    test("joinNext_cancel_safety", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = new JoinSet<number>();
        let end = (_value: number) => {};
        set.spawn(
          () =>
            new Promise<number>((resolve) => {
              end = resolve;
            }),
        );
        const waiting = spawnWait(set);
        await turns();
        waiting.abort();
        expect(await rejection(waiting)).toBeInstanceOf(JoinError);
        end(1);
        expect(await set.joinNext()).toBe(1);
      });

      function spawnWait(set: JoinSet<number>) {
        return runtime.spawn(async () => set.joinNext());
      }
    });
  });

  const make = runtimesOf({ flavor: "currentThread" });

  /** What is asked of closures, which are local. */
  function localTests(): void {
    test("spawn_then_join_next", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = new JoinSet<number>();
        for (let index = 0; index < 8; index++) set.spawn(async () => index);
        const seen: number[] = [];
        for (let next = await set.joinNext(); next !== undefined; next = await set.joinNext()) {
          seen.push(next);
        }
        expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      });
    });

    test("spawn_then_shutdown", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = new JoinSet<void>();
        let ended = 0;
        for (let index = 0; index < 10; index++) {
          set.spawn(function* () {
            try {
              yield* sleep(1e9);
            } finally {
              ended += 1;
            }
          });
        }
        await turns();
        await set.shutdown();
        expect([ended, set.isEmpty, await set.joinNext()]).toEqual([10, true, undefined]);
      });
    });

    test("spawn_then_drop", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const set = new JoinSet<void>();
        let ended = 0;
        for (let index = 0; index < 10; index++) {
          set.spawn(async () => {
            try {
              await sleep(1e9);
            } finally {
              ended += 1;
            }
          });
        }
        await turns();
        set[Symbol.dispose]();
        expect(set.isEmpty).toBe(true);
        await until(() => ended === 10);
      });
    });
  }

  for (const module of ["spawn_local", "spawn_local_on"]) {
    describe(module, () => {
      for (const place of ["local_runtime", "local_set"]) describe(place, localTests);
    });
  }

  for (const name of ["panic_outside_any_runtime", "panic_in_multi_thread_runtime"]) {
    cannot(`spawn_local::${name}`, "closures are local, and may be spawned everywhere");
  }
});
