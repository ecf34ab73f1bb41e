/**
 * A task that was spawned on a runtime which has shut down: cancelled at once.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { JoinHandle } from "./join-handle.ts";

export class RefusedTask extends JoinHandle<never> {
  constructor(thread: Thread, name: string | undefined) {
    super(thread, 0, name);
    this.fail("cancelled");
  }

  override abort(): void {}
}
