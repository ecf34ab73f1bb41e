/** Tokio's `task_abort.rs`. Closures are local. Dropping a value is the `finally` block here. */
import { type JoinError, sleep, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection, turns, until } from "../support/waiting.ts";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor } from "./flavors.ts";

describe("task_abort", () => {
  onEveryFlavor((make) => {
    test("test_abort_without_panic_3157", async () => {
      const runtime = await make();
      const local = runtime.spawn(async () => sleep(1e9));
      const ported = runtime.spawn(portable.nap, 1e9);
      await turns();
      local.abort();
      ported.abort();
      expect(await rejection(local)).toMatchObject({ isCancelled: true, taskId: local.id });
      expect(await rejection(ported)).toMatchObject({ isCancelled: true, taskId: ported.id });
    });

    test.for(["test_abort_without_panic_3662", "remote_abort_local_set_3929"])("%s", async () => {
      const runtime = await make();
      let drops = 0;
      const task = runtime.spawn(async () => {
        try {
          await sleep(1e9);
        } finally {
          drops += 1;
        }
      });
      await turns();
      const handle = task.abortHandle();
      handle.abort();
      // The thread that aborts does not run the task's code.
      expect(drops).toBe(0);
      expect(await rejection(task)).toMatchObject({ isCancelled: true, isPanic: false });
      expect(drops).toBe(1);
      expect(handle.isFinished).toBe(true);
      handle.abort();
      expect(drops).toBe(1);
    });

    test("test_abort_wakes_task_3964", async () => {
      const runtime = await make();
      let drops = 0;
      const task = runtime.spawn(function* () {
        try {
          yield* sleep(1e9);
        } finally {
          drops += 1;
        }
      });
      await turns();
      task.abort();
      task[Symbol.dispose]();
      await until(() => drops === 1);
    });

    test("test_abort_task_that_panics_on_drop", async () => {
      const runtime = await make({ onUnhandledPanic: () => {} });
      const boom = new Error("boom at drop");
      const bodies = [
        async () => {
          try {
            await sleep(1e9);
          } finally {
            // biome-ignore lint/correctness/noUnsafeFinally: that is what is tested.
            throw boom;
          }
        },
        function* () {
          try {
            yield* sleep(1e9);
          } finally {
            // biome-ignore lint/correctness/noUnsafeFinally: that is what is tested.
            throw boom;
          }
        },
      ];
      for (const body of bodies) {
        const task = runtime.spawn(body as () => Promise<void>);
        await turns();
        task.abort();
        expect(await rejection(task)).toMatchObject({ isPanic: true, cause: boom });
      }
    });

    test("test_join_error_display", async () => {
      const runtime = await make();
      const texts: string[] = [];
      const thrown = [new Error("as an error"), "as a string", 1234, undefined];
      for (const value of thrown) {
        const task = runtime.spawn(async () => {
          await yieldNow();
          throw value;
        });
        texts.push(((await rejection(task)) as JoinError).message.replace(`${task.id}`, "N"));
      }
      const aborted = runtime.spawn(async () => sleep(1e9), { name: "ledger" });
      aborted.abort();
      texts.push(((await rejection(aborted)) as JoinError).message.replace(`${aborted.id}`, "N"));
      expect(texts).toEqual([
        "task N panicked: as an error",
        "task N panicked: as a string",
        "task N panicked: 1234",
        "task N panicked: undefined",
        'task N "ledger" was cancelled',
      ]);
    });
  });
});
