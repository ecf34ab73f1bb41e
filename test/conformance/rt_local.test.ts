/**
 * Tokio's `rt_local.rs`. A `LocalRuntime` is a runtime of one thread here: all its tasks are local.
 */
import { spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { cannot } from "./cannot.ts";
import { runtimesOf } from "./flavors.ts";

describe("rt_local", () => {
  const make = runtimesOf({ flavor: "currentThread" });
  const five = async () => 5;

  test("test_spawn_local_in_runtime", async () => {
    const runtime = await make();
    expect(await runtime.run(async () => spawn(five))).toBe(5);
  });

  test("test_spawn_from_handle", async () => {
    const { handle } = await make();
    expect(await handle.spawn(five)).toBe(5);
  });

  test("test_spawn_local_on_runtime_object", async () => {
    const runtime = await make();
    expect(await runtime.spawn(five)).toBe(5);
  });

  test("test_spawn_local_from_guard", async () => {
    const runtime = await make();
    const guard = runtime.enter();
    const task = spawn(five);
    guard[Symbol.dispose]();
    expect(runtime.metrics.aliveTasks).toBe(1);
    expect(await task).toBe(5);
  });

  cannot("test_spawn_local_from_guard_other_thread", "no other thread can enter a runtime");
  cannot("test_spawn_local_panic", "outside of all runtimes there is the default one");
  cannot("test_spawn_local_in_current_thread_runtime", "closures are local everywhere");
  cannot("test_spawn_local_in_multi_thread_runtime", "closures are local everywhere");
});
