/** Tokio's `rt_worker_index.rs`. */
import { spawn, workerIndex, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import * as portable from "./fixtures/tasks.mjs";
import { runtimesOf } from "./flavors.ts";

describe("rt_worker_index", () => {
  const make = runtimesOf();

  // A closure is local to the runtime of one thread, as to a `LocalRuntime`.
  test.for(["worker_index_current_thread", "worker_index_local_runtime"])("%s", async () => {
    const runtime = await make({ flavor: "currentThread" });
    expect(
      runtime.blockOn(function* () {
        yield* yieldNow();
        return workerIndex();
      }),
    ).toBe(0);
    expect(await runtime.spawn(async () => workerIndex())).toBe(0);
  });

  test("worker_index_multi_thread", async () => {
    const runtime = await make({ workerThreads: 2 });
    const { worker } = await runtime.spawn(portable.where);
    expect([0, 1]).toContain(worker);
  });

  test("worker_index_outside_runtime", () => {
    expect(workerIndex()).toBeUndefined();
  });

  test("worker_index_from_spawn_blocking", async () => {
    const runtime = await make({ workerThreads: 2 });
    expect((await runtime.spawnBlocking(portable.where)).worker).toBeUndefined();
  });

  test("worker_index_block_on_multi_thread", async () => {
    const runtime = await make({ workerThreads: 2 });
    expect(await runtime.run(async () => spawn(async () => workerIndex()))).toBeUndefined();
  });
});
