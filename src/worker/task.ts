/**
 * Portable tasks, as programs make them.
 *
 * @module
 */

import { registerKinds } from "../sync/kinds.ts";
import { makePortable, type PortableTask, type TakesSend } from "../task/portable.ts";

/**
 * Makes a function portable: `spawn(hash, bytes)` then runs it on whichever worker is free, and
 * `spawnBlocking(hash, bytes)` on a thread that it may block.
 *
 * Call it at the top of a module and export what it returns. Workers import that module when they
 * first run the task, so the module must not start anything by itself.
 *
 * @param meta `import.meta` of the module.
 * @param name A name that no other task of the module has.
 * @param body What to run. Its arguments and its value move between workers: see `Send`.
 * @throws {TypeError} If an argument is not what it should be.
 * @throws {Error} If the module has a task of that name already.
 *
 * @example
 * ```ts
 * export const sum = task(import.meta, "sum", (numbers: Float64Array) =>
 *   numbers.reduce((total, number) => total + number, 0),
 * );
 *
 * await main(async () => {
 *   console.log(await spawn(sum, Float64Array.of(1, 2, 3))); // 6
 * });
 * ```
 */
export function task<A extends unknown[], T>(
  meta: { readonly url: string },
  name: string,
  body: ((...args: A) => T) & TakesSend<A>,
): PortableTask<A, T> {
  registerKinds();
  return makePortable(meta, name, body);
}
