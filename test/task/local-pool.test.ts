import { LocalPool, Runtime } from "tokiwa";
import { describe, expect, test } from "vitest";
import * as portable from "../conformance/fixtures/tasks.mjs";

describe("LocalPool", () => {
  test("is the one thread of a runtime without workers", async () => {
    await using runtime = await Runtime.create({ flavor: "currentThread" });
    await runtime.run(async () => {
      expect(() => new LocalPool(2)).toThrow("size must be a whole number from 1 to 1");
      const pool = new LocalPool(1);
      expect(await pool.spawnPinned(portable.echo, "here")).toBe("here");
      expect([pool.size, pool.loads]).toEqual([1, [0]]);
    });
  });

  test("keeps the tasks of a worker together, however many there are", async () => {
    await using runtime = await Runtime.create({ workerThreads: 3 });
    await runtime.run(async () => {
      const pool = new LocalPool(3);
      const found = Array.from({ length: 300 }, (_, at) =>
        pool.spawnPinnedByIndex(at % 3, portable.where),
      );
      for (const [at, place] of (await Promise.all(found)).entries()) {
        expect(place).toMatchObject({ worker: at % 3 });
      }
      expect(pool.loads).toEqual([0, 0, 0]);
    });
  });

  test("counts no task that was refused", async () => {
    const runtime = await Runtime.create({ workerThreads: 1 });
    const pool = await runtime.run(async () => new LocalPool(1));
    await runtime.shutdown();
    await expect(pool.spawnPinned(portable.echo, 1)).rejects.toThrow("cancelled");
    expect(pool.loads).toEqual([0]);
  });
});
