/**
 * What is collected, and when.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects all garbage there is. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
}

/** Collects garbage until `isTrue`. The test's own time limit ends a vain wait. */
export async function collectUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    // What finalisers do comes in turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 1));
    collectGarbage();
  }
}

/** Waits until nothing refers to an object any more. */
export async function collected(object: WeakRef<object>): Promise<void> {
  await collectUntil(() => object.deref() === undefined);
}
