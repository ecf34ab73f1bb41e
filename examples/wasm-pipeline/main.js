// TypeScript feeds lines to Wasm workers over channels, and their results come back in order.
//
//   node examples/wasm-pipeline/main.js [file]

import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { codec, mpsc, Runtime, spawn } from "tokiwa";
import { buildGuest } from "tokiwa/build";

/** Lines that may wait for a worker, and results for their turn. More make the feeder wait. */
const ROOM = 16;

const source = new URL("worker.as.ts", import.meta.url);
const module = new URL("worker.wasm", import.meta.url);

// The same as `npx tokiwa build worker.as.ts -o worker.wasm`, which a program would do once.
await buildGuest({ entry: fileURLToPath(source), outFile: fileURLToPath(module) });

const file = process.argv[2] ?? fileURLToPath(import.meta.url);
const runtime = await Runtime.create();
try {
  const { work } = await runtime.load(module);
  await runtime.run(() => pipe(file, work, runtime.metrics.workers));
} finally {
  await runtime.shutdown();
}

/** Deals the lines out in turn, so that results taken in turn are in order. */
async function pipe(file, work, count) {
  const workers = Array.from({ length: count }, () => {
    const [lines, results] = [mpsc.channel(ROOM, codec.string), mpsc.channel(ROOM, codec.string)];
    const task = spawn(work, lines.receiver, results.sender);
    return { task, lines: lines.sender, results: results.receiver };
  });
  spawn(() => feed(file, workers));
  for (let turn = 0; ; turn++) {
    const result = await workers[turn % count].results.recv();
    if (result === undefined) break;
    console.log(result);
  }
  for (const { task } of workers) console.error(`a worker has done ${await task} lines`);
}

async function feed(file, workers) {
  let turn = 0;
  const handle = await open(file);
  for await (const line of handle.readLines()) {
    await workers[turn % workers.length].lines.send(line);
    turn += 1;
  }
  for (const { lines } of workers) lines[Symbol.dispose](); // No more will come.
}
