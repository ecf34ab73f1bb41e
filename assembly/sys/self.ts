/**
 * Which worker this thread is.
 *
 * Top-level variables are per thread here, because each thread has its own instance of the core:
 * these are the only ones, and each begins with `my`.
 */

/** The address of this thread's worker struct; 0 before `attach`. */
export let myWorker: usize = 0;
/** Its index. What a lock word holds (plus one) while this thread has the lock. */
export let myIndex: u32 = 0;

export function become(worker: usize, index: u32): void {
  myWorker = worker;
  myIndex = index;
}
