/**
 * A task that was spawned on a runtime which has shut down: cancelled at once.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { Joinable } from "./outcome.ts";

export class RefusedTask extends Joinable<never> {
  constructor(thread: Thread, name: string | undefined) {
    super(thread, 0, name);
    this.fail("cancelled");
  }

  override abort(): void {}
}
