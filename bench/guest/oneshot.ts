// One task that makes a channel, sends and receives, again and again.
import { now, oneshot } from "tokiwa/assembly";

export function run(count: i32): f64 {
  const start = now();
  for (let at = 0; at < count; at++) {
    const ends = oneshot.channel<u64>();
    assert(ends.sender.send(at));
    assert(ends.receiver.wait() == at);
  }
  return now() - start;
}
