/**
 * The blocking pool as the shared memory shows it, on any thread.
 *
 * @module
 */

import {
  IDLE_COUNT,
  INJECTOR_LENGTH,
  RUNTIME_BLOCKING,
  RUNTIME_BLOCKING_IDLE,
  RUNTIME_FIRST_WORKER,
  RUNTIME_THREADS,
  RUNTIME_WORKERS,
  WORKER_SIZE,
  WORKER_STATE,
} from "../../assembly/shared/layout.ts";
import type { Thread } from "../core/thread.ts";
import type { BlockingPoolState } from "./metrics.ts";

export function blockingPool(thread: Thread): BlockingPoolState {
  const field = (offset: number) => thread.u32[(thread.runtime + offset) >> 2] as number;
  return {
    get threads() {
      const first = field(RUNTIME_FIRST_WORKER);
      let alive = 0;
      for (let index = field(RUNTIME_WORKERS) + 1; index < field(RUNTIME_THREADS); index++) {
        alive += thread.u32[(first + index * WORKER_SIZE + WORKER_STATE) >> 2] as number;
      }
      return alive;
    },
    get idle() {
      return field(RUNTIME_BLOCKING_IDLE + IDLE_COUNT);
    },
    get queued() {
      return field(RUNTIME_BLOCKING + INJECTOR_LENGTH);
    },
  };
}

/** Is there any job that waits for a thread or has one? Or a thread that is not yet at rest. */
export function isBlockingBusy(thread: Thread): boolean {
  const { threads, idle, queued } = blockingPool(thread);
  return queued > 0 || threads > idle;
}

/** Has the runtime threads of its own for portable tasks? */
export function hasWorkers(thread: Thread): boolean {
  return thread.u32[(thread.runtime + RUNTIME_WORKERS) >> 2] !== 0;
}
