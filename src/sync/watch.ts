/**
 * Watches: one value that is replaced, of which receivers learn the latest.
 *
 * @module
 */

import type { Codec } from "./message.ts";
import type { Receiver } from "./watch/receiver.ts";
import { Sender } from "./watch/sender.ts";

/** Both ends of a new watch. */
export interface Channel<T> {
  readonly sender: Sender<T>;
  readonly receiver: Receiver<T>;
}

/**
 * A watch with a first value, which its receiver has seen.
 *
 * Without a codec it stays on this worker, and its value is the very one. With one, its ends may be
 * given to portable tasks and to guests' tasks, and each look at the value is a copy.
 *
 * @example
 * ```ts
 * const { sender, receiver } = watch.channel("starting");
 * spawn(async () => {
 *   using _ends = sender;
 *   sender.send("ready");
 * });
 * for await (const state of receiver.values({ skipCurrent: true })) console.log(state); // ready
 * ```
 */
export function channel<T>(initial: T, codec?: Codec<T>): Channel<T> {
  const sender = new Sender<T>(initial, codec);
  return { sender, receiver: sender.subscribe() };
}

export { Receiver, type ValuesOptions } from "./watch/receiver.ts";
export { type Draft, Sender } from "./watch/sender.ts";
