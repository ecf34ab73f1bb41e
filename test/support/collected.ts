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

/** Resolves once the object is collected, of which nobody else may know. */
export async function collected(kept: WeakRef<object>): Promise<void> {
  await until(() => {
    collect();
    return kept.deref() === undefined;
  });
}
