/** tokio-util's `context.rs`: a future belongs to the runtime that it is made in. */
import { sleep } from "tokiwa";
import { describe, expect, test } from "vitest";
import { runtimesOf } from "./flavors.ts";

describe("context", () => {
  const make = runtimesOf({ flavor: "currentThread" });

  test("tokio_context_with_another_runtime", async () => {
    const timeless = await make({ drivers: { io: true } });
    const timed = await make();
    await expect(timeless.run(async () => sleep(2))).rejects.toThrow("time is disabled");
    const { nap } = await timed.run(async () => ({ nap: sleep(2) }));
    await timeless.run(async () => nap);
    expect(nap.isElapsed).toBe(true);
  });
});
