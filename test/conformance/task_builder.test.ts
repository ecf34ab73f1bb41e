/**
 * Tokio's `task_builder.rs`: a task's name is an option of `spawn`; a portable task brings its
 * own. The tests of spawn_local are those of spawn: closures are local.
 */
import { spawn, spawnBlocking, taskName } from "tokiwa";
import { describe, expect, test } from "vitest";
import * as portable from "./fixtures/tasks.mjs";

describe("task_builder", () => {
  test("spawn_with_name", async () => {
    const handle = spawn(async () => taskName(), { name: "task" });
    expect([handle.name, await handle, handle.abortHandle().name]).toEqual(Array(3).fill("task"));
  });

  test("spawn_without_name", async () => {
    const handle = spawn(async () => taskName());
    expect([handle.name, await handle]).toEqual([undefined, undefined]);
  });

  test("spawn_blocking_with_name", async () => {
    const handle = spawnBlocking(portable.where);
    expect([handle.name, (await handle).name]).toEqual(["where", "where"]);
  });
});
