// The other end of rawRing in pools.mjs.
import { workerData } from "node:worker_threads";

const { words, capacity, spin } = workerData;
const mask = capacity - 1;
const [REQUEST_TAIL, REPLY_TAIL, REQUESTS, REPLIES] = [0, 32, 64, 64 + capacity];
let done = 0;

for (;;) {
  let tail = Atomics.load(words, REQUEST_TAIL);
  for (let i = 0; i < spin && tail === done; i++) tail = Atomics.load(words, REQUEST_TAIL);
  if (tail === done) {
    Atomics.wait(words, REQUEST_TAIL, tail);
    continue;
  }
  for (; done !== tail; done = (done + 1) | 0) {
    words[REPLIES + (done & mask)] = words[REQUESTS + (done & mask)] + 1;
  }
  Atomics.store(words, REPLY_TAIL, done);
  Atomics.notify(words, REPLY_TAIL, 1);
}
