/** A small random sequence for each worker: whom to rob first. Xorshift, never 0. */
import { WORKER_RANDOM } from "../shared/layout";
import { myWorker } from "../sys/self";

/** A number from 0 to `bound` - 1. */
export function below(bound: u32): u32 {
  let seed = load<u32>(myWorker, WORKER_RANDOM);
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  store<u32>(myWorker, seed, WORKER_RANDOM);
  // The high half of the product: even without the division that a remainder costs.
  return <u32>((<u64>seed * bound) >> 32);
}
