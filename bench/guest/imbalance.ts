// Tasks that compute, all spawned by one.
import { now, Semaphore, spawn3 } from "tokiwa/assembly";

/** A fixed amount of work whose steps depend on each other, as in the other languages. */
function burn(iterations: i32, seed: u64): u64 {
  let x = seed | 1;
  for (let at = 0; at < iterations; at++) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
  }
  return x;
}

function compute(iterations: i32, seed: i32, left: Semaphore): void {
  assert(burn(iterations, seed) != 0);
  left.addPermits(1);
}

export function run(tasks: i32, iterations: i32): f64 {
  const left = new Semaphore(0);
  const start = now();
  for (let task = 0; task < tasks; task++) {
    spawn3(compute, iterations, task, left.clone()).detach();
  }
  left.acquireMany(tasks);
  return now() - start;
}
