/** Sleeping on a word, and waking whoever does. */

/**
 * Sleeps while the word holds `expected`, for `timeoutMs` at most; negative means until woken.
 * The build for unshared memory has no other thread that could wake it, and does not sleep.
 */
export function wait(address: usize, expected: u32, timeoutMs: f64): void {
  if (isDefined(LOCAL)) return;
  const timeoutNs: i64 = timeoutMs < 0 ? -1 : <i64>(timeoutMs * 1e6);
  atomic.wait<i32>(address, <i32>expected, timeoutNs);
}

/**
 * Wakes the sleeper of the word, in `wait` or in the host's `Atomics.waitAsync`. Both may be there:
 * a thread's old `waitAsync` cannot be taken back, so waking only one might miss the sleeper.
 */
export function notify(address: usize): void {
  atomic.notify(address, -1);
}
