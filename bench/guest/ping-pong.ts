// Pairs of tasks: one asks, the other answers, each over a channel of its own.
import { now, oneshot, Semaphore, spawn2 } from "tokiwa/assembly";

function answer(ping: oneshot.Receiver<i32>, pong: oneshot.Sender<i32>): void {
  assert(ping.recv());
  assert(pong.send(ping.value + 1));
}

function ask(value: i32, left: Semaphore): void {
  const ping = oneshot.channel<i32>();
  const pong = oneshot.channel<i32>();
  spawn2(answer, ping.receiver, pong.sender).detach();
  assert(ping.sender.send(value));
  assert(pong.receiver.recv());
  assert(pong.receiver.value == value + 1);
  left.addPermits(1);
}

export function run(pairs: i32, rounds: i32): f64 {
  const left = new Semaphore(0);
  const start = now();
  for (let round = 0; round < rounds; round++) {
    for (let pair = 0; pair < pairs; pair++) spawn2(ask, pair, left.clone()).detach();
    left.acquireMany(pairs)!.forget();
  }
  return now() - start;
}
