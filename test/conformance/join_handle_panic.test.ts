/**
 * Tokio's `join_handle_panic.rs`: an output that panics as it is dropped. Nothing is dropped here;
 * what may throw in its place is the disposal of the handle, and the reporting of a failure.
 */
import { spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection, until } from "../support/waiting.ts";
import { runtimesOf } from "./flavors.ts";

describe("join_handle_panic", () => {
  const make = runtimesOf({ flavor: "currentThread" });

  test("test_panics_do_not_propagate_when_dropping_join_handle", async () => {
    const reports: unknown[] = [];
    const runtime = await make({ onUnhandledPanic: (error) => reports.push(error.cause) });
    const handle = runtime.spawn(async () => {
      throw new Error("I told you so");
    });
    await until(() => handle.isFinished);
    expect(() => handle[Symbol.dispose]()).not.toThrow();
    expect(() => handle[Symbol.dispose]()).not.toThrow();
    await until(() => reports.length === 1);
    expect(reports).toMatchObject([{ message: "I told you so" }]);
  });

  test("panic_while_joined", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      const boom = new Error("boom");
      const failing = spawn(async () => {
        throw boom;
      });
      const joiner = spawn(async () => failing);
      expect(await rejection(failing)).toMatchObject({ isPanic: true, cause: boom });
      expect(await rejection(joiner)).toMatchObject({
        isPanic: true,
        cause: { isPanic: true, cause: boom },
      });
    });
  });
});
