/**
 * Tests that run inside of a runtime, in whatever test framework.
 *
 * @module
 */

import { checkBody, unexpected } from "../error/check.ts";
import type { BuilderOptions } from "../runtime/options.ts";
import { Runtime } from "../runtime/runtime.ts";

/** How the runtime of a test is built: every option of a runtime, and these. */
export interface TestOptions extends Omit<BuilderOptions, "rngSeed"> {
  /**
   * Decides all that is random in the runtime, such as which of several ready branches a `select`
   * takes: with one thread and a paused clock, everything happens in the same order each time. 0.
   */
  readonly seed?: BuilderOptions["rngSeed"];
}

/** A test function that takes options for the runtime. */
export interface RuntimeTest<C extends unknown[], R> {
  (name: string, body: (...context: C) => unknown): R;
  (name: string, options: TestOptions, body: (...context: C) => unknown): R;
}

/**
 * Makes a test function of a framework's own: one whose tests each run inside of a fresh runtime.
 * It has one thread unless the options say otherwise, and is shut down as the test ends, with all
 * tasks that are left.
 *
 * @param base Defines a test, as `test` of Vitest, Jest, Bun and `node:test` does, and `Deno.test`.
 *   What it passes to a test is passed on.
 *
 * @example A test that takes no time
 * ```ts
 * import assert from "node:assert";
 * import { test as base } from "node:test";
 * import { testWith } from "tokiwa/test";
 *
 * const test = testWith(base);
 * test("a timeout of an hour", { startPaused: true }, async () => {
 *   const start = Instant.now();
 *   await assert.rejects(timeout(3_600_000, new Promise(() => {})));
 *   assert.equal(start.elapsed(), 3_600_000);
 * });
 * ```
 */
export function testWith<C extends unknown[], R>(
  base: (name: string, body: (...context: C) => Promise<void>) => R,
): RuntimeTest<C, R> {
  if (typeof base !== "function") throw unexpected("make test function", "a function", base);
  return (name: string, ...rest: [unknown, unknown?]) => {
    const [options, body] = (rest.length > 1 ? rest : [{}, rest[0]]) as [
      TestOptions,
      (...context: C) => PromiseLike<unknown>,
    ];
    checkBody("define test", body);
    const built = Runtime.builder(optionsOf(options));
    return base(name, async (...context) => {
      await using runtime = await built.build();
      await runtime.run(() => body(...context));
    });
  };
}

function optionsOf({ seed = 0, ...options }: TestOptions): BuilderOptions {
  const flavor = options.workerThreads === undefined ? "currentThread" : "multiThread";
  return { flavor, ...options, rngSeed: seed };
}
