/** Tokio's `coop_budget.rs`. */
import { consumeBudget, hasBudgetRemaining } from "tokiwa";
import { assertReady, task, testWith } from "tokiwa/test";
import { test as base, describe, expect } from "vitest";
import { cannot } from "./cannot.ts";
import { runtimesOf } from "./flavors.ts";

/** What one poll has. */
const BUDGET = 128;

describe("coop_budget", () => {
  const make = runtimesOf({ flavor: "currentThread" });
  const test = testWith(base);

  cannot("coop_budget_udp_send_recv", "the runtime has no UDP sockets yet");

  base("test_has_budget_remaining", async () => {
    const runtime = await make();
    const had = await runtime.spawn(function* () {
      const before = hasBudgetRemaining();
      for (let unit = 1; unit < BUDGET; unit++) yield* consumeBudget();
      const last = hasBudgetRemaining();
      yield* consumeBudget();
      return [before, last, hasBudgetRemaining()];
    });
    expect(had).toEqual([true, true, false]);
  });

  test("test_has_budget_remaining, polled by hand", () => {
    assertReady(task(consumeBudget()).poll());
    for (let unit = 1; unit < BUDGET; unit++) consumeBudget().poll(idle);
    expect(hasBudgetRemaining()).toBe(false);
  });
});

/** Nobody who waits. */
const idle = { targetOn: () => 0, wake() {}, defer() {} };
