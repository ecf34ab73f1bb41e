// What else can answer `x => x + 1` from another thread. Each maker gives call(x) → promise.
import { Worker } from "node:worker_threads";

const here = (name) => new URL(`./${name}`, import.meta.url);

/** Piscina with its defaults, or with `options`. */
export async function piscina(workers, options) {
  const { Piscina } = await import("piscina");
  const pool = new Piscina({
    filename: here("increment.mjs").href,
    minThreads: workers,
    maxThreads: workers,
    ...options,
  });
  return (x) => pool.run(x);
}

/** postMessage and a table of callbacks, workers by turns: what the platform itself offers. */
export function rawMessages(count) {
  const waiting = new Map();
  const workers = Array.from({ length: count }, () => new Worker(here("message-worker.mjs")));
  for (const worker of workers) {
    worker.on("message", ({ id, value }) => {
      const resolve = waiting.get(id);
      waiting.delete(id);
      resolve(value);
    });
  }
  let next = 0;
  return (x) =>
    new Promise((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      workers[id % count].postMessage({ id, value: x });
    });
}

/**
 * A ring of int32 in shared memory and one worker: the ceiling, since nothing is encoded, stolen
 * or cancelled. The worker looks `spin` times before it sleeps in Atomics.wait; this side is
 * woken by Atomics.waitAsync.
 */
export function rawRing(spin) {
  const capacity = 16384;
  const mask = capacity - 1;
  const words = new Int32Array(new SharedArrayBuffer((64 + 2 * capacity) * 4));
  const [REQUEST_TAIL, REPLY_TAIL, REQUESTS, REPLIES] = [0, 32, 64, 64 + capacity];
  new Worker(here("ring-worker.mjs"), { workerData: { words, capacity, spin } });

  const waiting = new Array(capacity);
  let tail = 0;
  let head = 0;
  let armed = false;
  let flushing = false;

  function drain() {
    const ready = Atomics.load(words, REPLY_TAIL);
    while (head !== ready) {
      const resolve = waiting[head & mask];
      const value = words[REPLIES + (head & mask)];
      head = (head + 1) | 0;
      resolve(value);
    }
  }

  function arm() {
    if (armed) return;
    armed = true;
    for (;;) {
      drain();
      const wait = Atomics.waitAsync(words, REPLY_TAIL, head);
      if (wait.async) {
        wait.value.then(() => {
          armed = false;
          if (head !== tail) arm();
        });
        return;
      }
      if (head === tail) {
        armed = false;
        return;
      }
    }
  }

  function flush() {
    flushing = false;
    Atomics.store(words, REQUEST_TAIL, tail);
    Atomics.notify(words, REQUEST_TAIL, 1);
    arm();
  }

  return (x) =>
    new Promise((resolve) => {
      waiting[tail & mask] = resolve;
      words[REQUESTS + (tail & mask)] = x;
      tail = (tail + 1) | 0;
      if (flushing) return;
      flushing = true;
      queueMicrotask(flush);
    });
}
