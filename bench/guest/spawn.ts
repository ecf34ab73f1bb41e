// Tasks that give their argument back, spawned and joined by the batch.
import { JoinHandle, now, spawn } from "tokiwa/assembly";

function give(value: i64): i64 {
  return value;
}

export function run(count: i32, batch: i32): f64 {
  const handles = new StaticArray<JoinHandle<i64>>(batch);
  const start = now();
  for (let done = 0; done < count; done += batch) {
    for (let at = 0; at < batch; at++) handles[at] = spawn(give, <i64>at);
    let sum: i64 = 0;
    for (let at = 0; at < batch; at++) sum += handles[at].join();
    assert(sum == (<i64>batch * (batch - 1)) / 2);
  }
  return now() - start;
}
