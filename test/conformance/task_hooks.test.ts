/**
 * Tokio's `task_hooks.rs` and `rt_poll_callbacks.rs`. Hooks see the tasks of the thread that made
 * the runtime, and that it spawned.
 *
 * task_hook_spawn_location_*: a task does not know where it was spawned; a stack costs more than
 * a task. task_hook_schedule_latency_*: hooks are told a task's id and name and nothing else;
 * the latency is in the metrics (see rt_unstable_metrics).
 */
import { type BuilderOptions, sleep, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { until } from "../support/waiting.ts";
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

    test("callbacks_fire", async () => {
      const [before, after] = [recorder(), recorder()];
      const runtime = await make({
        hooks: { onBeforeTaskPoll: before.hook, onAfterTaskPoll: after.hook },
      });
      const task = runtime.spawn(function* () {
        for (let round = 0; round < 3; round++) yield* yieldNow();
      });
      await task;
      await until(() => after.ids.length === 4);
      expect([before.ids, after.ids]).toEqual([Array(4).fill(task.id), Array(4).fill(task.id)]);
    });

    test("callbacks_fire, async function", async () => {
      const calls: string[] = [];
      const runtime = await make({
        hooks: {
          onBeforeTaskPoll: ({ id, name }) => calls.push(`before ${id} ${name}`),
          onAfterTaskPoll: ({ id, name }) => calls.push(`after ${id} ${name}`),
        },
      });
      const task = runtime.spawn(
        async () => {
          for (let round = 0; round < 2; round++) {
            calls.push("poll");
            await yieldNow();
          }
          calls.push("poll");
          await sleep(1);
          calls.push("poll");
        },
        { name: "looper" },
      );
      await task;
      const of = `${task.id} looper`;
      const poll = [`before ${of}`, "poll", `after ${of}`];
      await until(() => calls.length >= 12);
      expect(calls).toEqual([poll, poll, poll, poll].flat());
    });
  });
});
