/** Counters of what a worker has done, which anyone may read. */
import { myWorker } from "./self";

/**
 * Adds to a counter of this worker, a field of its struct.
 *
 * A float counts exactly to 2^53, for decades; the host reads it as it is. The owner alone writes,
 * so plain steps do, and 64-bit machines make each of them at once.
 */
export function bump(counter: usize, by: f64): void {
  store<f64>(myWorker + counter, load<f64>(myWorker + counter) + by);
}
