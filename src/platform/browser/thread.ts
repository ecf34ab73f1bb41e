/**
 * Web workers as threads of a runtime.
 *
 * Nothing tells of a web worker's end. So each holds a lock for as long as it lives, and whoever
 * has started it asks for the same one: to get it is to hear of the end.
 *
 * @module
 */

import { wrongType } from "../../error/check.ts";
import type { ParentPort, ThreadEvents, ThreadHandle, WebWorker } from "../platform.ts";
import { startWorker } from "./start-worker.ts";

/** What the names of our workers begin with. */
const MARK = "tokiwa: ";
/** Said by a thread that the program has started, once it listens: what came before is lost. */
const HERE = "tokiwa: here";
/** Said by a thread that has its lock. All other messages are the runtime's. */
const HELD = "tokiwa: held";

/** Browsers tell a page no more than that; their consoles tell the address. */
const UNLOADED =
  "its script could not be loaded: is it among the files that were built, and served with the " +
  "header Cross-Origin-Embedder-Policy?";

/** What a thread of ours is given besides what the runtime gives it. */
interface Birth {
  readonly lock: string;
}

let threadsStarted = 0;

/** Starts a thread of ours: by `start`, if the program has said how. */
export function startThread(
  name: string,
  data: unknown,
  events: ThreadEvents,
  start?: () => WebWorker,
): ThreadHandle {
  const lock = MARK + crypto.randomUUID();
  const worker = start === undefined ? startWorker(MARK + name) : checkWorker(start());
  const giveBirth = () => worker.postMessage({ ...(data as object), lock });
  let isHeld = false;
  let hasEnded = false;
  let failure: unknown;
  let tellEnd: () => void;
  const ended = new Promise<void>((resolve) => {
    tellEnd = resolve;
  });
  const end = () => {
    if (hasEnded) return;
    hasEnded = true;
    worker.terminate();
    events.onExit(failure);
    tellEnd();
  };
  worker.addEventListener("message", ({ data: message }) => {
    if (message === HERE) giveBirth();
    else if (message === HELD) {
      isHeld = true;
      void navigator.locks.request(lock, end);
    } else events.onMessage(message);
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    failure = event.error ?? new Error(event.message ?? UNLOADED);
    if (!isHeld) end();
  });
  if (start === undefined) giveBirth();
  threadsStarted += 1;
  return {
    id: threadsStarted,
    // A page hears of its workers in its event loop only, and never sleeps outside of it.
    listen() {},
    async terminate() {
      worker.terminate();
      if (!isHeld) end();
      await ended;
    },
  };
}

function checkWorker(worker: WebWorker): WebWorker {
  if (typeof worker?.postMessage === "function") return worker;
  throw wrongType("start worker", "what startWorker returns", "a Worker", worker);
}

/** Is this a worker that tokiwa itself has started? */
export function isMarked(scope: WorkerScope): boolean {
  return scope.document === undefined && scope.name?.startsWith(MARK) === true;
}

/** What a thread of ours sees of the one that started it. */
export function parentOf(scope: WorkerScope): ParentPort {
  let tellHeld: () => void;
  const held = new Promise<void>((resolve) => {
    tellHeld = resolve;
  });
  const exit = () => void held.then(() => scope.close());
  return {
    onBirth(body) {
      const begin = ({ data }: { data: unknown }) => {
        void navigator.locks.request((data as Birth).lock, () => {
          scope.postMessage(HELD);
          tellHeld();
          return new Promise<never>(() => {});
        });
        body(data);
      };
      scope.addEventListener("message", begin, { once: true });
      if (!isMarked(scope)) scope.postMessage(HERE);
    },
    post: (message) => scope.postMessage(message),
    onDeath(body) {
      scope.addEventListener("error", (event) => {
        event.preventDefault();
        body(event.error);
        exit();
      });
    },
    onUnhandledRejection(body) {
      scope.addEventListener("unhandledrejection", (event) => {
        event.preventDefault();
        body(event.reason, event.promise);
      });
    },
    exit,
  };
}
