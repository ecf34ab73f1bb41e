/**
 * The portable tasks that are defined on this worker, by their names.
 *
 * @module
 */

import type { PortableTask } from "./portable.ts";

/** What a portable task is known by on every worker. */
export interface PortableName {
  /** The module that defines it. */
  readonly url: string;
  /** Unlike every other task's of that module. */
  readonly name: string;
}

const defined = new Map<string, PortableTask<never, unknown>>();

/** Makes a task known. */
export function definePortable(name: PortableName, task: PortableTask<never, unknown>): void {
  defined.set(keyOf(name), task);
}

/**
 * Finds the task on this worker; imports its module if that has not happened yet.
 *
 * @throws {Error} If the module does not define it.
 */
export async function importPortable(
  wanted: PortableName,
): Promise<PortableTask<unknown[], unknown>> {
  const found = findPortable(wanted);
  if (found !== undefined) return found;
  await import(wanted.url);
  const imported = findPortable(wanted);
  if (imported !== undefined) return imported;
  throw new Error(`Cannot start task "${wanted.name}": ${wanted.url} defines no such task`);
}

export function findPortable(wanted: PortableName): PortableTask<unknown[], unknown> | undefined {
  const found = defined.get(keyOf(wanted));
  return found as unknown as PortableTask<unknown[], unknown> | undefined;
}

function keyOf({ url, name }: PortableName): string {
  return `${url}#${name}`;
}
