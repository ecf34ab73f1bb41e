/** Work that is given up when its time is over. */
import { JoinHandle, spawnBound, yieldNow } from "./task";
import { now } from "./time";

/**
 * Runs `fn(argument)` for so many milliseconds at most, as a task of its own: {@link timeoutAt}.
 *
 * ```
 * const answer = timeout(100, ask, "what?");
 * if (answer === null) return "nobody knows";
 * return answer.join();
 * ```
 */
export function timeout<A, R = void>(
  durationMs: f64,
  fn: (argument: A) => R,
  argument: nonnull<A>,
): JoinHandle<R> | null {
  return timeoutAt<A, R>(now() + durationMs, fn, argument);
}

/**
 * Runs `fn(argument)` until a moment of `now()` at most, as a task of its own. Its handle as it has
 * ended, so that `join` gives its value at once; or `null` if time was over: then it was aborted at
 * a wait of its, and all that it had is given back. The argument crosses as that of `spawn` does.
 *
 * A task that does not wait cannot be given up. One that can end at its first turn does, even if
 * the moment has passed.
 *
 * **Cancel safety.** If the caller is aborted, so is the task.
 */
export function timeoutAt<A, R = void>(
  deadlineMs: f64,
  fn: (argument: A) => R,
  argument: nonnull<A>,
): JoinHandle<R> | null {
  const task = spawnBound<A, R>(fn, argument);
  if (deadlineMs <= now()) yieldNow(); // The turn that it has in any case.
  if (task.waitUntil(deadlineMs)) return task;
  task.abort();
  task.wait();
  if (!task.isCancelled) return task; // It has ended by itself meanwhile.
  task.detach();
  return null;
}
