/**
 * What is waited for outside of all tasks, so that a runtime's end can be told there, too.
 *
 * Who waits for the core has a token, by which that is told. Who waits for something that stays on
 * its worker, such as a channel without a codec, has none.
 *
 * @module
 */

import type { Continuation, Thread } from "../core/thread.ts";
import { Operations } from "../task/operations.ts";

/** Of one thread. No process stays for it. */
class Outside extends Operations implements Continuation {
  resume(): void {}

  abandon(): void {
    this.abortAll();
  }
}

const outsides = new WeakMap<Thread, Outside>();

/** Where a thread's operations stand that belong to no task. */
export function outsideOf(thread: Thread): Operations {
  let outside = outsides.get(thread);
  if (outside === undefined) {
    outside = new Outside();
    outsides.set(thread, outside);
    thread.continuations.addBackground(outside);
  }
  return outside;
}
