/**
 * The main function of a program.
 *
 * @module
 */

import { parent } from "#platform";
import type { TaskGenerator } from "../task/generator-task.ts";
import type { ShutdownOptions } from "./home.ts";
import type { BuilderOptions } from "./options.ts";
import { Runtime } from "./runtime.ts";

/** How to build the runtime of a program, and how to end it. */
export interface MainOptions extends BuilderOptions {
  /** How long to wait for what still runs once the main function has ended. */
  readonly shutdown?: ShutdownOptions;
}

/**
 * Makes a runtime, runs a function in it, and shuts it down when the function has ended, whatever
 * is still running: the main function of a program.
 *
 * A task or a blocking job that computes without waiting is waited for, unless `shutdown` sets a
 * limit. Ctrl-C and `process.exit` end the program at once even then.
 *
 * An error rejects the promise; at the top level of a program, that ends the process with code 1.
 *
 * On the worker threads of a runtime it does nothing, so a module may define portable tasks and
 * call `main`: workers that import it for the tasks do not start the program again.
 *
 * **Cancel safety.** Cannot be given up.
 *
 * @example
 * ```ts
 * await main(async () => {
 *   const handle = spawn(async () => "hello");
 *   console.log(await handle); // hello
 * });
 * ```
 */
export async function main<T>(
  body: () => PromiseLike<T> | TaskGenerator<T> | T,
  { shutdown, ...options }: MainOptions = {},
): Promise<Awaited<T> | undefined> {
  if (parent !== undefined) return undefined;
  const runtime = await Runtime.create(options);
  try {
    return await runtime.run(body);
  } finally {
    await runtime.shutdown(shutdown);
  }
}
