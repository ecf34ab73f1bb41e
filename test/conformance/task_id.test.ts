/** Tokio's `task_id.rs`. Closures are local. There are no destructors that could ask for the id. */
import { Handle, spawn, taskId, tryTaskId, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { cannot } from "./cannot.ts";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor, runtimesOf } from "./flavors.ts";

describe("task_id", () => {
  onEveryFlavor((make) => {
    test.for(["task_id_spawn", "task_id_spawn_local"])("%s", async () => {
      const runtime = await make();
      const local = runtime.spawn(async () => {
        const first = taskId();
        await yieldNow();
        await new Promise((resolve) => setTimeout(resolve, 1));
        return [first, taskId()];
      });
      expect(await local).toEqual([local.id, local.id]);
      const generator = runtime.spawn(function* () {
        yield* yieldNow();
        return taskId();
      });
      expect(await generator).toBe(generator.id);
      const ported = runtime.spawn(portable.where);
      expect(await ported).toMatchObject({ id: ported.id, name: "where" });
    });

    test("task_id_spawn_blocking", async () => {
      const runtime = await make();
      const job = runtime.spawnBlocking(portable.where);
      expect(await job).toEqual({ id: job.id, name: "where", worker: undefined });
    });

    test("task_id_collision_current_thread", async () => {
      const runtime = await make();
      const handles = [0, 1].map(() => runtime.spawn(async () => taskId()));
      const ids = [await handles[0], await handles[1]];
      expect(new Set(ids).size).toBe(2);
      expect(ids).toEqual(handles.map((handle) => handle.id));
    });
  });

  const make = runtimesOf({ workerThreads: 4 });

  test("task_ids_match_multi_thread", async () => {
    const runtime = await make();
    const handles = Array.from({ length: 100 }, () => runtime.spawn(portable.where));
    for (const handle of handles) expect((await handle).id).toBe(handle.id);
  });

  test("task_try_id_outside_task", () => {
    expect(tryTaskId()).toBeUndefined();
    expect(() => taskId()).toThrow("Cannot tell task id: no task is running");
  });

  test("task_try_id_inside_block_on", async () => {
    const runtime = await make();
    expect(await runtime.run(async () => tryTaskId())).toBeUndefined();
    expect(
      runtime.blockOn(function* () {
        yield* yieldNow();
        return [tryTaskId(), Handle.current().id];
      }),
    ).toEqual([undefined, runtime.id]);
  });

  test.for(["task_id_nested_spawn", "task_id_nested_spawn_local"])("%s", async () => {
    const runtime = await make();
    const outer = runtime.spawn(async () => {
      const before = taskId();
      const inner = spawn(async () => taskId());
      return [before, await inner, taskId(), inner.id];
    });
    const ids = await outer;
    expect(ids).toEqual([outer.id, ids[3], outer.id, ids[3]]);
    expect(ids[3]).not.toBe(outer.id);
  });

  cannot("task_id_block_in_place_block_on_spawn", "there is no block_in_place");
});
