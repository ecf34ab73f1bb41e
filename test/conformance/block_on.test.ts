/** tokio-test's `block_on.rs`. An async function is run; only a generator can be blocked on. */
import { Instant, Runtime, sleep } from "tokiwa";
import { describe, expect, test } from "vitest";

describe("block_on", () => {
  test("async_block", async () => {
    await using runtime = await Runtime.create({ flavor: "currentThread" });
    const value = runtime.blockOn(function* () {
      yield* sleep(0);
      return 4;
    });
    expect(value).toBe(4);
  });

  test("async_fn", async () => {
    await using runtime = await Runtime.create({ flavor: "currentThread" });
    expect(await runtime.run(async () => 5)).toBe(5);
  });

  test("test_sleep", async () => {
    await using runtime = await Runtime.create({ flavor: "currentThread" });
    const slept = runtime.blockOn(function* () {
      const start = Instant.now();
      yield* sleep(20);
      return start.elapsed();
    });
    expect(slept).toBeGreaterThanOrEqual(20);
  });
});
