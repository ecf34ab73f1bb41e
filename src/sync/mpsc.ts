/**
 * Channels: many senders, one receiver.
 *
 * @module
 */

import { PERMITS_MAX } from "../../assembly/shared/limits.ts";
import { context } from "../core/context.ts";
import { stakesOf } from "../core/stakes.ts";
import { checkWhole } from "../error/check.ts";
import { made, type Origin } from "./handle.ts";
import { type Codec, checkCodec } from "./message.ts";
import { LocalQueue } from "./mpsc/local-queue.ts";
import { Receiver } from "./mpsc/receiver.ts";
import { Sender } from "./mpsc/sender.ts";
import { UnboundedSender } from "./mpsc/unbounded-sender.ts";
import { firstSender } from "./shared-intake.ts";

/** Both ends of a new channel. */
export interface Channel<T> {
  readonly sender: Sender<T>;
  readonly receiver: Receiver<T>;
}

/** Both ends of a new channel without a limit. */
export interface UnboundedChannel<T> {
  readonly sender: UnboundedSender<T>;
  readonly receiver: Receiver<T>;
}

/**
 * A channel with room for `capacity` messages; whoever sends more waits.
 *
 * Without a codec it stays on this worker, and carries the very values. With one, its ends may be
 * given to portable tasks and to guests' tasks, and what it carries is copied.
 *
 * @throws {RangeError} If `capacity` is no whole number from 1 to `Semaphore.MAX_PERMITS`.
 *
 * @example
 * ```ts
 * const { sender, receiver } = mpsc.channel<string>(1);
 * spawn(async () => {
 *   using _ends = sender;
 *   for (const word of ["one", "two"]) await sender.send(word);
 * });
 * for await (const word of receiver) console.log(word); // one
 * ```
 */
export function channel<T>(capacity: number, codec?: Codec<T>): Channel<T> {
  checkWhole("make channel", "capacity", capacity, 1, PERMITS_MAX);
  const { receiver, origin } = open(capacity, codec);
  return { sender: new Sender(origin, receiver.medium), receiver };
}

/** A channel without a limit: to send never waits. Otherwise as {@linkcode channel}. */
export function unboundedChannel<T>(codec?: Codec<T>): UnboundedChannel<T> {
  const { receiver, origin } = open(Number.POSITIVE_INFINITY, codec);
  return { sender: new UnboundedSender(origin, receiver.medium), receiver };
}

/** A receiver, and what its first sender is made of. */
function open<T>(capacity: number, codec: Codec<T> | undefined): Opened<T> {
  const { thread } = context();
  checkCodec("make channel", codec);
  if (codec === undefined) {
    const queue = new LocalQueue<T>(thread, capacity);
    return { receiver: new Receiver(queue.receiver(), queue), origin: queue.firstSender() };
  }
  const limit = capacity === Number.POSITIVE_INFINITY ? 0 : capacity;
  const stake = thread.core.channelCreate(limit, codec.blocks, stakesOf(thread));
  const receiver = new Receiver(made(thread, stake, "channel"), codec.queue());
  return { receiver, origin: firstSender(receiver) };
}

interface Opened<T> {
  readonly receiver: Receiver<T>;
  readonly origin: Origin;
}

export { Disconnected, Empty } from "./medium.ts";
export { OwnedPermit, Permit, PermitIterator } from "./mpsc/permit.ts";
export { Receiver, type RecvManyOptions } from "./mpsc/receiver.ts";
export { Sender, WeakSender } from "./mpsc/sender.ts";
export { UnboundedSender, WeakUnboundedSender } from "./mpsc/unbounded-sender.ts";
