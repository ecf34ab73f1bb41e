/**
 * A clock that all threads of the process agree on.
 *
 * @module
 */

/** Captured: Node has it as a getter of the global object, which is run at every mention. */
const { performance } = globalThis;

/** How often both clocks are read, to find a moment at which nothing came between. */
const TRIES = 8;

/** Reads the process's clock, in milliseconds. */
function sinceBoot(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/**
 * `performance.now()` is the fastest clock, but begins with the thread. What it lacks is read once:
 * as tightly as can be, for a thread that was put aside between the two readings would lag behind
 * the others for as long as it lives.
 */
export function processClock(common = sinceBoot, own = () => performance.now()): () => number {
  let tightest = Number.POSITIVE_INFINITY;
  let offset = 0;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = own();
    const moment = common();
    const gap = own() - before;
    if (gap >= tightest) continue;
    tightest = gap;
    offset = moment - before - gap / 2;
  }
  return () => own() + offset;
}
