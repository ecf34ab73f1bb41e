// Some tasks that send numbers to one.
import { mpsc, now, spawn2 } from "tokiwa/assembly";

function produce(sender: mpsc.Sender<u64>, count: u64): void {
  for (let at: u64 = 0; at < count; at++) assert(sender.send(at));
}

export function run(producers: i32, each: i32, capacity: i32): f64 {
  const ends = mpsc.channel<u64>(capacity);
  const receiver = ends.receiver;
  const start = now();
  for (let at = 0; at < producers; at++) {
    spawn2(produce, ends.sender.clone(), <u64>each).detach();
  }
  ends.sender.drop();
  let sum: u64 = 0;
  let count: u64 = 0;
  while (receiver.recv()) {
    sum += receiver.value;
    count += 1;
  }
  assert(sum == producers * ((<u64>each * (each - 1)) / 2));
  assert(count == <u64>producers * each);
  return now() - start;
}
