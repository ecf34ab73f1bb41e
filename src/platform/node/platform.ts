/**
 * Node: worker threads, libuv's event loop, async hooks for contexts.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import {
  parentPort,
  type ResourceLimits,
  receiveMessageOnPort,
  Worker,
  workerData,
} from "node:worker_threads";
import type { ParentPort, Platform, ThreadEvents, ThreadHandle } from "../platform.ts";
import { contextStore } from "./context-store.ts";
import { NodeLoop } from "./event-loop.ts";

/** `performance.now()` begins with the thread; this clock is one for the whole process. */
const [seconds, nanoseconds] = process.hrtime();
const sinceProcessClock = seconds * 1e3 + nanoseconds / 1e6 - performance.now();

export const platform: Platform = {
  name: "node",
  sharesMemory: true,
  mayBlock: true,
  parallelism: availableParallelism(),

  readCore(shared: boolean): Uint8Array<ArrayBuffer> {
    const name = shared ? "core.shared.wasm" : "core.local.wasm";
    return new Uint8Array(readFileSync(new URL(`./${name}`, import.meta.url)));
  },

  spawnThread(name: string, data: unknown, events: ThreadEvents): ThreadHandle {
    return startWorker(name, data, events);
  },

  now: () => performance.now() + sinceProcessClock,
  warn: (problem) => process.emitWarning(problem),
  openLoop: () => new NodeLoop(),
  contextStore,
};

/** What a thread of ours sees of the one that started it; undefined on any other thread. */
export const parent: ParentPort | undefined =
  parentPort === null || !isOurs(workerData)
    ? undefined
    : {
        data: workerData,
        post: (message, transfer) => parentPort?.postMessage(message, transfer as never),
        receive: () => (parentPort ? receiveMessageOnPort(parentPort)?.message : undefined),
        exit: () => process.exit(),
      };

function isOurs(data: unknown): boolean {
  return typeof data === "object" && data !== null && "tokiwa" in data;
}

/** A worker takes its parent's flags over. With this one it refuses to start from a file. */
const workerFlags = process.execArgv.some((flag) => flag.startsWith("--input-type"))
  ? { execArgv: [] }
  : {};

function startWorker(name: string, data: unknown, events: ThreadEvents): ThreadHandle {
  const { resourceLimits = {} } = data as { resourceLimits?: ResourceLimits };
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    name,
    workerData: data,
    resourceLimits,
    ...workerFlags,
  });
  let failure: unknown;
  worker.on("message", (message) => events.onMessage(message));
  worker.on("error", (error) => {
    failure = error;
  });
  worker.on("exit", (code) => events.onExit(code, failure));
  worker.unref();
  return {
    id: worker.threadId,
    post: (message, transfer) => worker.postMessage(message, transfer as never),
    terminate: async () => {
      await worker.terminate();
    },
  };
}
