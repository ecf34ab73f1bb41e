/**
 * Web workers as threads of a runtime.
 *
 * Nothing tells of a web worker's end. So each holds a lock for as long as it lives, and whoever
 * has started it asks for the same one: to get it is to hear of the end.
 *
 * @module
 */

import type { ParentPort, ThreadEvents, ThreadHandle } from "../platform.ts";
import { startWorker } from "./start-worker.ts";

/** What the names of our workers begin with. */
const MARK = "tokiwa: ";
/** Said by a thread that has its lock. All other messages are the runtime's. */
const HELD = "tokiwa: held";

/** What a thread of ours is given besides what the runtime gives it. */
interface Birth {
  readonly lock: string;
}

let threadsStarted = 0;

/** Starts a thread of ours. */
export function startThread(name: string, data: unknown, events: ThreadEvents): ThreadHandle {
  const lock = MARK + crypto.randomUUID();
  const worker = startWorker(MARK + name);
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
  worker.onmessage = ({ data: message }) => {
    if (message !== HELD) {
      events.onMessage(message);
      return;
    }
    isHeld = true;
    void navigator.locks.request(lock, end);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    failure = event.error ?? new Error(event.message ?? "its script could not be loaded");
    if (!isHeld) end();
  };
  worker.postMessage({ ...(data as object), lock });
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

/** What a thread of ours sees of the one that started it; undefined on any other thread. */
export function parentOf(scope: WorkerScope): ParentPort | undefined {
  if (scope.document !== undefined || !scope.name?.startsWith(MARK)) return undefined;
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
