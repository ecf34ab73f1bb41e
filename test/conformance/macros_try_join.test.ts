/** Tokio's `macros_try_join.rs`. */
import { oneshot } from "tokiwa";
import { fromSignal, tryJoin } from "tokiwa/future";
import { describe, expect, test } from "vitest";
import { joins } from "./joins.ts";

describe("macros_try_join", () => {
  joins(tryJoin, "empty_try_join", "try_join_does_not_allow_tasks_to_starve");

  test("err_abort_early", async () => {
    const { receiver } = oneshot.channel<number>();
    const cleanedUp: string[] = [];
    const pending = fromSignal(async () => {
      try {
        await receiver.recv();
      } finally {
        cleanedUp.push("pending");
      }
    });
    const failing = async () => {
      throw new Error("early");
    };
    await expect(tryJoin([pending, failing])).rejects.toThrow("early");
    expect(cleanedUp).toEqual(["pending"]);
  });
});
