/**
 * Tokio's `task_builder.rs`: a task's name is an option of `spawn`; a portable task brings its
 * own. The tests of spawn_local are those of spawn: closures are local.
 */
import { spawn, spawnBlocking, taskName } from "tokiwa";
import { describe, expect, test } from "vitest";
import { cannot } from "./cannot.ts";
import * as portable from "./fixtures/tasks.mjs";

describe("task_builder", () => {
  test.for(["spawn_with_name", "spawn_local_with_name"])("%s", async () => {
    const handle = spawn(async () => taskName(), { name: "task" });
    expect([handle.name, await handle, handle.abortHandle().name]).toEqual(Array(3).fill("task"));
  });

  test.for(["spawn_without_name", "spawn_local_without_name", "spawn_local_on_local_runtime"])(
    "%s",
    async () => {
      const handle = spawn(async () => taskName());
      expect([handle.name, await handle]).toEqual([undefined, undefined]);
    },
  );

  test("spawn_blocking_with_name", async () => {
    const handle = spawnBlocking(portable.where);
    expect([handle.name, (await handle).name]).toEqual(["where", "where"]);
  });

  cannot("spawn_blocking_without_name", "a blocking job has the name of its portable task");
  cannot(
    "spawn_local_panics_outside_local_set_or_local_runtime",
    "closures are local, and may be spawned everywhere",
  );
  cannot(
    "spawn_local_panics_in_multi_thread_runtime",
    "closures are local, and may be spawned everywhere",
  );
});
