/**
 * Starts a web worker from the file that stands beside this one.
 *
 * @module
 */

/** Bundlers recognise this very form, and make the worker's file one of the program's. */
export function startWorker(name: string): Worker {
  return new Worker(new URL("./worker-browser.js", import.meta.url), { type: "module", name });
}
