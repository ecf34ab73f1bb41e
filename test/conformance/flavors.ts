/**
 * The runtimes that `rt_common` runs every test on.
 *
 * @module
 */
import { type BuilderOptions, Runtime } from "tokiwa";
import { afterEach, describe } from "vitest";

const FLAVORS: readonly (readonly [string, BuilderOptions])[] = [
  ["current_thread", { flavor: "currentThread" }],
  ["threaded_4", { workerThreads: 4 }],
  ["threaded_1", { workerThreads: 1 }],
];

/** Makes a runtime of the flavor; it is shut down after the test. */
export type MakeRuntime = (options?: BuilderOptions) => Promise<Runtime>;

/** Defines `tests` once for every flavor. */
export function onEveryFlavor(tests: (make: MakeRuntime, name: string) => void): void {
  for (const [name, flavor] of FLAVORS) {
    describe(name, () => {
      tests(runtimesOf(flavor), name);
    });
  }
}

/** Makes runtimes that are shut down after each test. */
export function runtimesOf(flavor: BuilderOptions = {}): MakeRuntime {
  const made: Runtime[] = [];
  afterEach(async () => {
    await Promise.all(made.splice(0).map((runtime) => runtime.shutdown()));
  });
  return async (options = {}) => {
    const runtime = await Runtime.create({ ...flavor, ...options });
    made.push(runtime);
    return runtime;
  };
}
