/**
 * What has the modules of Node: worker threads, an event loop, files.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import {
  MessageChannel,
  type MessagePort,
  type ResourceLimits,
  receiveMessageOnPort,
  Worker,
  workerData,
} from "node:worker_threads";
import { type CoreModule, compileCore } from "../../core/load.ts";
import type { ParentPort, Platform, ThreadEvents, ThreadHandle } from "../platform.ts";
import { NodeLoop } from "./event-loop.ts";
import { processClock } from "./process-clock.ts";

/** Programs may have been told to do without, and browsers have it only if a page asks for it. */
const sharesMemory = typeof SharedArrayBuffer === "function";

/** All that these platforms have in common. */
export const host: Omit<Platform, "name" | "contextStore"> = {
  sharesMemory,
  mayBlock: sharesMemory,
  parallelism: availableParallelism(),

  loadCore(): CoreModule {
    const name = sharesMemory ? "core.shared.wasm" : "core.local.wasm";
    return compileCore(new Uint8Array(readFileSync(new URL(`./${name}`, import.meta.url))));
  },

  readFile,

  spawnThread(name: string, data: unknown, events: ThreadEvents): ThreadHandle {
    return startWorker(name, data, events);
  },

  now: processClock(),
  warn,
  openLoop: () => new NodeLoop(),
};

/**
 * Prints a warning. The stack of an error only says where it was reported: what leads to the fault
 * is the stack of its cause.
 */
function warn(problem: string | Error): void {
  if (typeof problem === "string") {
    process.emitWarning(problem);
    return;
  }
  const { name, message, cause } = problem;
  const detail = cause instanceof Error ? cause.stack : undefined;
  process.emitWarning(message, detail === undefined ? { type: name } : { type: name, detail });
}

/** What a thread of ours is given: what it was started with, and the way back. */
interface Birth {
  readonly tokiwa: string;
  readonly port: MessagePort;
}

/** What a thread of ours sees of the one that started it; undefined on any other thread. */
export const parent: ParentPort | undefined = isOurs(workerData) ? portTo(workerData) : undefined;

function isOurs(data: unknown): data is Birth {
  return typeof data === "object" && data !== null && "tokiwa" in data;
}

function portTo(birth: Birth): ParentPort {
  // What comes here only asks whether somebody is there; it must not pile up.
  birth.port.on("message", () => {}).unref();
  return {
    onBirth: (body) => body(birth),
    post: (message) => birth.port.postMessage(message),
    onDeath: (body) => process.on("uncaughtExceptionMonitor", body),
    onUnhandledRejection: (body) =>
      process.on("unhandledRejection", (reason, promise) => {
        if (process.listenerCount("unhandledRejection") === 1) body(reason, promise);
      }),
    exit: () => process.exit(),
  };
}

/** A worker takes its parent's flags over. With this one it refuses to start from a file. */
const workerFlags = process.execArgv.some((flag) => flag.startsWith("--input-type"))
  ? { execArgv: [] }
  : {};

function startWorker(name: string, data: unknown, events: ThreadEvents): ThreadHandle {
  const { resourceLimits = {} } = data as { resourceLimits?: ResourceLimits };
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    name,
    workerData: { ...(data as object), port: port2 },
    transferList: [port2],
    resourceLimits,
    ...workerFlags,
  });
  worker.unref();
  port.on("message", (message) => events.onMessage(message)).unref();
  const end = once((error: unknown) => {
    hearAll(port, events);
    events.onExit(error);
  });
  let failure: unknown;
  worker.on("error", (error) => {
    failure = error;
  });
  worker.on("exit", (code) => end(failure ?? new Error(`it ended with ${code}`)));
  return {
    id: worker.threadId,
    listen() {
      hearAll(port, events);
      if (!isOpen(port)) end(undefined);
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
}

function hearAll(port: MessagePort, events: ThreadEvents): void {
  for (;;) {
    const received = receiveMessageOnPort(port);
    if (received === undefined) return;
    events.onMessage(received.message);
  }
}

/**
 * Is there a thread at the other end? Its end closes with its heap, whatever it died of, and a
 * port without another end takes no message. That `postMessage` tells so is not documented: where
 * it does not, every thread passes for alive, and its end is heard of in the event loop.
 */
function isOpen(port: MessagePort): boolean {
  return !postTells || (port.postMessage(null) as unknown) === true;
}

const postTells = (() => {
  const { port1 } = new MessageChannel();
  const taken = port1.postMessage(null) as unknown;
  port1.close();
  return taken === true;
})();

function once<A>(body: (argument: A) => void): (argument: A) => void {
  let isDone = false;
  return (argument) => {
    if (isDone) return;
    isDone = true;
    body(argument);
  };
}
