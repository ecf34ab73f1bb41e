/**
 * Sending without a wait.
 *
 * @module
 */

import { SYNC_DONE, SYNC_NO_MEMORY } from "../../../assembly/shared/verdicts.ts";
import { OutOfMemoryError } from "../../error/out-of-memory.ts";
import type { SendingEnd } from "../channel.ts";

/** Sends if that needs no wait; a verdict. What is not taken is the caller's. */
export function sendNow<T>(end: SendingEnd<T>, value: T): number {
  const { thread, codec } = end;
  const address = end.primitive("send");
  const message = codec.write(thread, value);
  const verdict = thread.core.channelTrySend(address, message);
  thread.driver.kick();
  if (verdict !== SYNC_DONE) codec.discard(thread, message);
  if (verdict === SYNC_NO_MEMORY) throw new OutOfMemoryError("send");
  return verdict;
}
