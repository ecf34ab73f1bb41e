// Tasks that count down, and are not joined: who spawned them waits until all have counted.
import { now, Semaphore, spawn } from "tokiwa/assembly";

function countDown(left: Semaphore): void {
  left.addPermits(1);
}

export function run(tasks: i32): f64 {
  const left = new Semaphore(0);
  const start = now();
  for (let task = 0; task < tasks; task++) spawn(countDown, left.clone()).detach();
  left.acquireMany(tasks);
  return now() - start;
}

/** For those who spawn from outside. */
export function nothing(value: i32): i32 {
  return value;
}
