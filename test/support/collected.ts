/**
 * What the engine's collector takes.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { until } from "./waiting.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Collects all garbage, and what only its collection has set free. */
export function collectGarbage(): void {
  for (let round = 0; round < 3; round++) collect();
}

/** Collects garbage until `isTrue`, with turns of the event loop for what finalisers do. */
export async function collectUntil(isTrue: () => boolean): Promise<void> {
  await until(() => {
    collect();
    return isTrue();
  });
}

/** Resolves once the object is collected, of which nobody else may know. */
export async function collected(kept: WeakRef<object>): Promise<void> {
  await collectUntil(() => kept.deref() === undefined);
}
