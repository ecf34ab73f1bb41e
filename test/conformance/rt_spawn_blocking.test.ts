/** Tokio's `rt_spawn_blocking.rs`. */
import { describe, expect, test } from "vitest";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor } from "./flavors.ts";

describe("rt_spawn_blocking", () => {
  onEveryFlavor((make) => {
    test("issue_8056_regression_test", async () => {
      const runtime = await make({ blockingKeepAlive: 1, maxBlockingThreads: 2 });
      for (let round = 0; round < 30; round++) {
        expect(await runtime.spawnBlocking(portable.echo, round)).toBe(round);
        await runtime.spawn(portable.nap, round % 3);
      }
    });
  });
});
