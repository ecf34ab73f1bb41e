// The guest: plain AssemblyScript. Whichever worker is free goes on with a task after its wait.

import { JoinHandle, Mutex, spawn2, yieldNow } from "tokiwa/assembly";

/** Adds one, so many times, and lets others run while it has the lock. */
function add(total: Mutex<i64>, times: i32): void {
  for (let time = 0; time < times; time++) {
    const guard = total.lock();
    const before = guard.value;
    yieldNow();
    guard.value = before + 1;
    guard.drop();
  }
}

/** Has so many tasks add to one number; returns what it comes to. */
export function count(tasks: i32, times: i32): i64 {
  const total = new Mutex<i64>(0);
  const adding: JoinHandle<void>[] = [];
  for (let task = 0; task < tasks; task++) adding.push(spawn2(add, total.clone(), times));
  for (let task = 0; task < tasks; task++) adding[task].join();
  return total.lock().value;
}
