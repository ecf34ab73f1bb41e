// Tasks that count together, and let others run while they have the lock.
import { JoinHandle, Mutex, now, spawn2, yieldNow } from "tokiwa/assembly";

function count(counter: Mutex<u64>, times: i32): void {
  for (let time = 0; time < times; time++) {
    const guard = counter.lock();
    guard.value += 1;
    yieldNow();
    guard.drop();
  }
}

export function run(tasks: i32, times: i32): f64 {
  const counter = new Mutex<u64>(0);
  const handles = new StaticArray<JoinHandle<void>>(tasks);
  const each = times / tasks;
  const start = now();
  for (let task = 0; task < tasks; task++) handles[task] = spawn2(count, counter.clone(), each);
  for (let task = 0; task < tasks; task++) handles[task].join();
  const ms = now() - start;
  assert(counter.lock().value == each * tasks);
  return ms;
}
