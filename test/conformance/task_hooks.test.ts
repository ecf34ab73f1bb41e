/**
 * Tokio's `task_hooks.rs`. Hooks see the tasks of the thread that made the runtime, and that it
 * spawned.
 */
import { type BuilderOptions, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { until } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor } from "./flavors.ts";

type TaskHook = NonNullable<NonNullable<BuilderOptions["hooks"]>["onTaskSpawn"]>;

function recorder() {
  const ids: number[] = [];
  const hook: TaskHook = ({ id }) => ids.push(id);
  return { ids, hook };
}

describe("task_hooks", () => {
  onEveryFlavor((make) => {
    test("spawn_task_hook_fires", async () => {
      const { ids, hook } = recorder();
      const runtime = await make({ hooks: { onTaskSpawn: hook } });
      const handles = Array.from({ length: 32 }, () => runtime.spawn<unknown>(async () => {}));
      handles.push(runtime.spawn(portable.echo, undefined));
      for (const handle of handles) await handle;
      expect(ids).toEqual(handles.map((handle) => handle.id));
      expect(new Set(ids).size).toBe(33);
    });

    test("terminate_task_hook_fires", async () => {
      const { ids, hook } = recorder();
      const runtime = await make({ hooks: { onTaskTerminate: hook } });
      const handles = Array.from({ length: 32 }, () =>
        runtime.spawn<unknown>(async () => yieldNow()),
      );
      handles.push(runtime.spawn(portable.echo, undefined));
      const aborted = runtime.spawn(async () => new Promise<void>(() => {}));
      aborted.abort();
      await until(() => ids.length === 34);
      expect(ids.sort((a, b) => a - b)).toEqual(
        [...handles, aborted].map((handle) => handle.id).sort((a, b) => a - b),
      );
    });
  });

  cannot(
    "task_hook_spawn_location_current_thread",
    "a task does not know where it was spawned: a stack costs more than a task",
  );
  cannot(
    "task_hook_spawn_location_multi_thread",
    "a task does not know where it was spawned: a stack costs more than a task",
  );
  cannot(
    "task_hook_schedule_latency_non_poll_callbacks",
    "hooks are told a number and a name; the latency is in the metrics",
  );
  cannot(
    "task_hook_schedule_latency_disabled",
    "hooks are told a number and a name; the latency is in the metrics",
  );
  cannot(
    "task_hook_schedule_latency_current_thread",
    "hooks are told a number and a name; the latency is in the metrics",
  );
  cannot(
    "task_hook_schedule_latency_multi_thread",
    "hooks are told a number and a name; the latency is in the metrics",
  );
  cannot(
    "task_hook_schedule_latency_multi_thread_lifo",
    "hooks are told a number and a name; the latency is in the metrics",
  );
});
