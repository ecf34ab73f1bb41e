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

/** Imports the modules of all portable tasks; undefined where each is found by its address. */
let importAll: (() => unknown) | undefined;

/** Has this worker find portable tasks by their names, in what `load` imports. */
export function importPortablesBy(load: () => unknown): void {
  importAll = load;
}

/**
 * Finds the task on this worker; imports its module if that has not happened yet.
 *
 * @throws {Error} If the module cannot be imported, or does not define it.
 */
export async function importPortable(
  wanted: PortableName,
): Promise<PortableTask<unknown[], unknown>> {
  const found = findPortable(wanted);
  if (found !== undefined) return found;
  const source = importAll === undefined ? wanted.url : "what serveTasks imports";
  try {
    if (importAll !== undefined) await importAll();
    // A bundler that looks for the module would only complain.
    else await import(/* @vite-ignore */ /* webpackIgnore: true */ wanted.url);
  } catch (cause) {
    throw new Error(`Cannot start task "${wanted.name}": importing ${source} failed`, { cause });
  }
  const imported = findPortable(wanted) ?? (importAll && findByName(wanted.name));
  if (imported !== undefined) return imported;
  throw new Error(`Cannot start task "${wanted.name}": ${source} defines no such task`);
}

/** A bundler may put a module into several files: then its address is not the one in the page. */
function findByName(name: string): PortableTask<unknown[], unknown> | undefined {
  const found = [...defined.values()].filter((task) => task.name === name);
  if (found.length > 1) {
    throw new Error(`Cannot start task "${name}": ${found.length} modules have one of that name`);
  }
  return found[0] as unknown as PortableTask<unknown[], unknown> | undefined;
}

export function findPortable(wanted: PortableName): PortableTask<unknown[], unknown> | undefined {
  const found = defined.get(keyOf(wanted));
  return found as unknown as PortableTask<unknown[], unknown> | undefined;
}

function keyOf({ url, name }: PortableName): string {
  return `${url}#${name}`;
}
