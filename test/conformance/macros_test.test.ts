/** Tokio's `macros_test.rs`: what the attribute `test` is there, `testWith` is here. */
import { Handle, type JoinError, sleep, spawn } from "tokiwa";
import { type TestOptions, testWith } from "tokiwa/test";
import { test as base, describe, expect } from "vitest";
import { rejection } from "../support/waiting.ts";

const test = testWith(base);

/** Runs a test in nobody's framework; what became of it. */
function run(options: TestOptions, body: () => unknown): Promise<void> {
  let ran = Promise.resolve();
  testWith((_name: string, run: () => Promise<void>) => {
    ran = run();
  })("", options, body);
  return ran;
}

describe("macros_test", () => {
  test("test_macro_should_handle_the_name_if_provided", { name: "test-runtime" }, async () => {
    expect(Handle.current().name).toBe("test-runtime");
  });

  describe("macro_rt_arg_unhandled_panic", () => {
    const fails = async () => {
      throw new Error("panic");
    };

    base("unhandled_panic_shutdown_runtime", async () => {
      const outcome = run(
        { unhandledPanic: "shutdownRuntime", onUnhandledPanic() {} },
        async () => {
          spawn(fails);
          await sleep(60_000);
        },
      );
      expect(await rejection(outcome)).toBeInstanceOf(Error);
    });

    base("unhandled_panic_ignore", async () => {
      await run({ unhandledPanic: "ignore" }, async () => {
        const error = (await rejection(spawn(fails))) as JoinError;
        expect(error.isPanic).toBe(true);
      });
    });
  });
});
