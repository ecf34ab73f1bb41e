/**
 * Stacks that begin where we were called: what a caller did wrong does not stand in our code.
 *
 * @module
 */

/** The folder of all our code, once it is built; empty where modules have mere names. */
const OURS = folderOf(`${import.meta.url}`);

/**
 * Cuts our own frames from the top of an error's stack.
 *
 * @param inside A function of ours that is running. What it called is not counted among the few
 *   frames that engines keep: for code so deep that the caller's would not be one of them.
 */
export function atCaller<E extends Error>(error: E, inside?: (...args: never) => unknown): E {
  if (inside !== undefined) Error.captureStackTrace?.(error, inside);
  const lines = error.stack?.split("\n") ?? [];
  const first = lines.findIndex((line) => line.startsWith("    at "));
  const callers = lines.findIndex((line, index) => index >= first && !line.includes(OURS));
  // A wait that fails later has no caller left: then ours are better than none.
  if (first === -1 || callers === -1) return error;
  error.stack = [...lines.slice(0, first), ...lines.slice(callers)].join("\n");
  return error;
}

function folderOf(url: string): string {
  return url.slice(0, url.lastIndexOf("/") + 1);
}
