// A chain of tasks, each of which spawns the next one.
import { now, oneshot, spawn2 } from "tokiwa/assembly";

function link(depth: i32, end: oneshot.Sender<i32>): void {
  if (depth == 0) end.send(0);
  else spawn2(link, depth - 1, end).detach();
}

export function run(depth: i32, rounds: i32): f64 {
  const start = now();
  for (let round = 0; round < rounds; round++) {
    const end = oneshot.channel<i32>();
    link(depth, end.sender);
    assert(end.receiver.recv());
    end.receiver.drop();
  }
  return now() - start;
}
