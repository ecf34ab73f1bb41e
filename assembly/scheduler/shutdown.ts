/** The end of a runtime. */

import { runtimeAddress } from "../memory/region";
import { unpark } from "../queue/park";
import { threads, workerAt } from "../queue/submit";
import { RUNTIME_SHUTDOWN, WORKER_STATE } from "../shared/layout";
import * as word from "../sys/atomic";

/** Sets the mark, SHUTDOWN_*, and wakes every thread, so that it is seen. */
export function shutdown(mark: u32): void {
  word.store(runtimeAddress() + RUNTIME_SHUTDOWN, mark);
  for (let index: u32 = 0; index < threads(); index++) {
    const worker = workerAt(index);
    if (word.load(worker + WORKER_STATE) != 0) unpark(worker);
  }
}
