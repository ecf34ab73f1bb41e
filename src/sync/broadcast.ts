/**
 * Broadcasts: every receiver gets every message.
 *
 * @module
 */

import type { Receiver } from "./broadcast/receiver.ts";
import { Sender } from "./broadcast/sender.ts";
import type { Codec } from "./message.ts";

/** Both ends of a new broadcast. */
export interface Channel<T> {
  readonly sender: Sender<T>;
  readonly receiver: Receiver<T>;
}

/**
 * A broadcast that keeps the latest `capacity` messages, rounded up to a power of two, for those
 * who receive them late.
 *
 * Without a codec it stays on this worker, and every receiver gets the very values. With one, its
 * ends may be given to portable tasks and to guests' tasks, and each receiver gets a copy.
 *
 * @throws {RangeError} If `capacity` is no whole number from 1 to 2,097,152.
 *
 * @example
 * ```ts
 * const { sender, receiver } = broadcast.channel<string>(16);
 * const other = sender.subscribe();
 * console.log(sender.send("news")); // 2
 * console.log(await receiver.recv(), await other.recv()); // news news
 * ```
 */
export function channel<T>(capacity: number, codec?: Codec<T>): Channel<T> {
  const sender = new Sender<T>(capacity, codec);
  return { sender, receiver: sender.subscribe() };
}

export { Receiver } from "./broadcast/receiver.ts";
export { Sender, WeakSender } from "./broadcast/sender.ts";
export { Disconnected, Empty } from "./medium.ts";
