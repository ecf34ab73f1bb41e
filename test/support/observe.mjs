/**
 * Loaded before a program (`node --import`): answers questions about its runtime over the channel
 * to the parent process, so that a test can look into a program that knows nothing of it.
 *
 * Questions: "figures" and "heaps". The latter needs `--expose-gc`.
 */
import { isMainThread } from "node:worker_threads";
import { Runtime, task, workerIndex } from "tokiwa";

/** How much a thread's heap holds after two collections. */
const heapBytes = () => {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

export const measureHeap = task(import.meta, "measureHeap", () => [workerIndex(), heapBytes()]);

if (isMainThread && process.send !== undefined) {
  const create = Runtime.create;
  Runtime.create = async (options) => {
    const runtime = await create.call(Runtime, options);
    process.on("message", async (question) => {
      process.send(question === "heaps" ? await heaps(runtime) : figures(runtime));
    });
    // Being asked must not keep the program from ending.
    process.channel.unref();
    return runtime;
  };
}

function figures({ metrics }) {
  const { io } = metrics;
  return {
    aliveTasks: metrics.aliveTasks,
    pendingWaits: metrics.pendingWaits,
    memoryBytes: metrics.memoryBytes,
    sockets: io.registered - io.deregistered,
    accepted: io.registered,
    connections: io.connections,
    bytesWritten: io.bytesWritten,
    pollCounts: Array.from({ length: metrics.workers }, (_, i) => metrics.worker(i).pollCount),
    parkCounts: Array.from({ length: metrics.workers }, (_, i) => metrics.worker(i).parkCount),
  };
}

/** The heap of every worker, and of the main thread. */
async function heaps(runtime) {
  const found = new Map();
  while (found.size < runtime.metrics.workers) {
    const tasks = Array.from({ length: 8 }, () => runtime.spawn(measureHeap));
    for (const measured of tasks) {
      const [worker, bytes] = await measured;
      found.set(worker, bytes);
    }
  }
  return [...found.values(), heapBytes()];
}
