// Tasks that do nothing but let the others run.
import { JoinHandle, now, spawn, yieldNow } from "tokiwa/assembly";

function yieldMany(yields: i32): void {
  for (let at = 0; at < yields; at++) yieldNow();
}

export function run(tasks: i32, yields: i32): f64 {
  const handles = new StaticArray<JoinHandle<void>>(tasks);
  const start = now();
  for (let task = 0; task < tasks; task++) handles[task] = spawn(yieldMany, yields);
  for (let task = 0; task < tasks; task++) handles[task].join();
  return now() - start;
}
