// A MessagePort between two threads.
import { Worker } from "node:worker_threads";
import { fillWords } from "./pattern.mjs";

/** How many are posted before the event loop has its turn. */
const BATCH = 1024;

/** pass(n) sends n messages of so many bytes (4: numbers) and gives how many came as they were. */
export function portTo(bytes) {
  const worker = new Worker(new URL("./port-worker.mjs", import.meta.url));
  const words = new Uint32Array(bytes / 4);
  const buffer = new Uint8Array(words.buffer);
  return async (n) => {
    const answer = new Promise((resolve) => worker.once("message", resolve));
    for (let number = 0; number < n; number++) {
      if (bytes === 4) worker.postMessage(number);
      else {
        fillWords(words, number);
        worker.postMessage(buffer);
      }
      if (number % BATCH === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    worker.postMessage(null);
    return answer;
  };
}
