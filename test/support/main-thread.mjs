/**
 * What Chromium's own trace says about a page's main thread.
 *
 * @module
 */

/** From here on a task counts as long: it is felt. */
const LONG_MS = 50;

/**
 * @typedef {object} MainThreadTasks
 * @property {number} longestMs The longest task.
 * @property {number} longestCpuMs The same in the thread's own time: on a busy machine, a thread
 *   may be put aside in the middle of a task for as long as one likes.
 * @property {number} long How many tasks took 50 ms or more.
 * @property {number} count How many there were.
 */

/**
 * @typedef {object} TraceEvent
 * @property {string} name
 * @property {number} pid
 * @property {number} tid
 * @property {number} [dur] Microseconds.
 * @property {number} [tdur] The same of the thread's own time.
 * @property {{ readonly name?: string }} [args]
 */

/**
 * The tasks of the main thread while `body` runs.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<unknown>} body
 * @returns {Promise<MainThreadTasks>}
 */
export async function traceMainThread(browser, page, body) {
  const categories = ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"];
  await browser.startTracing(page, { categories });
  await body();
  const text = (await browser.stopTracing()).toString();
  /** @type {{ traceEvents: TraceEvent[] }} */
  const { traceEvents } = JSON.parse(text);
  const isMain = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => name.endsWith("RunTask") && isMain.has(`${pid} ${tid}`),
  );
  const times = tasks.map(({ dur = 0 }) => dur / 1000);
  return {
    longestMs: largest(times),
    longestCpuMs: largest(tasks.map(({ tdur = 0 }) => tdur / 1000)),
    long: times.filter((ms) => ms >= LONG_MS).length,
    count: tasks.length,
  };
}

/** @param {number[]} numbers Too many, perhaps, for the arguments of one call. */
function largest(numbers) {
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}
