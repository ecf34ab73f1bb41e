// Two tasks that tell each other to go on.
import { Notify, now, spawn3 } from "tokiwa/assembly";

function serve(mine: Notify, other: Notify, count: i32): void {
  for (let at = 0; at < count; at++) {
    other.notifyOne();
    mine.notified();
  }
}

function answer(mine: Notify, other: Notify, count: i32): void {
  for (let at = 0; at < count; at++) {
    mine.notified();
    other.notifyOne();
  }
}

export function run(count: i32): f64 {
  const one = new Notify();
  const other = new Notify();
  const start = now();
  const serving = spawn3(serve, one.clone(), other.clone(), count);
  const answering = spawn3(answer, other, one, count);
  serving.join();
  answering.join();
  return now() - start;
}
