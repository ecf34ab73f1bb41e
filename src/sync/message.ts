/**
 * Messages of channels: eight bytes, which are a number, or the address of a block with the rest.
 *
 * Guests read and write the same, so that a channel may lead from one side to the other.
 *
 * @module
 */

import { WORKER_MESSAGE } from "../../assembly/shared/layout.ts";
import type { Thread } from "../core/thread.ts";
import { wrongType } from "../error/check.ts";
import type { Cell } from "./cell.ts";
import type { Queue } from "./mpsc/queue.ts";
import type { Slot } from "./oneshot/slot.ts";
import type { Place } from "./place.ts";

/** How values are written and read: a {@linkcode Codec}, or one of this worker's own. */
export abstract class Writer<T> {
  /** Only for the compiler. */
  declare readonly message: T;
  /** What both sides must agree on. It tells all, so that the other side can make its own. */
  readonly name: string;
  /**
   * Are messages blocks?
   *
   * @internal
   */
  readonly blocks: boolean;
  /**
   * How values stand where a lock guards them; undefined if they are of no fixed size.
   *
   * @internal
   */
  readonly place: Place<T> | undefined;

  /** @internal */
  constructor(name: string, blocks: boolean, place?: Place<T>) {
    this.name = name;
    this.blocks = blocks;
    this.place = place;
  }

  /**
   * Makes a message at an address.
   *
   * @internal
   * @throws {TypeError} If `value` is of another type.
   */
  abstract write(thread: Thread, value: T, at: number): void;

  /**
   * Makes a message for the calls of the core that take it as it is. Bigints cost more than most of
   * what is done with them: what is called for every message takes it from {@linkcode slotOf}.
   *
   * @internal
   * @throws {TypeError} If `value` is of another type.
   */
  encode(thread: Thread, value: T): bigint {
    const at = slotOf(thread);
    this.write(thread, value, at);
    return thread.view.getBigUint64(at, true);
  }

  /**
   * Reads the message at an address, and leaves it as it is.
   *
   * @internal
   */
  abstract peek(thread: Thread, at: number): T;

  /**
   * Reads the message at an address, and frees it.
   *
   * @internal
   */
  read(thread: Thread, at: number): T {
    if (!this.blocks) return this.peek(thread, at);
    const block = thread.u32[at >> 2] as number;
    try {
      return this.peek(thread, at);
    } finally {
      thread.core.release(block);
    }
  }

  /**
   * Frees a message that was not sent.
   *
   * @internal
   */
  discard(thread: Thread, message: bigint): void {
    if (this.blocks) thread.core.release(Number(message));
  }
}

/** Makes sure that it is a codec, or left out. */
export function checkCodec(action: string, codec: unknown): void {
  if (codec === undefined || codec instanceof Writer) return;
  throw wrongType(action, "codec", "a codec", codec);
}

/**
 * How messages of type `T` travel.
 *
 * It makes what channels and locks are of that can be shared: a program without codecs has none.
 */
export abstract class Codec<T> extends Writer<T> {
  /** @internal */
  abstract queue(): Queue<T>;
  /** @internal */
  abstract slot(): Slot<T>;
  /**
   * A new cell with a value, whose values stand as `place` says.
   *
   * @internal
   */
  abstract cell(action: string, value: T, permits: number, place: Place<T>): Cell<T>;
}

/** How values travel that do not leave their worker: by numbers that stand for them. */
export abstract class LocalCodec<T> extends Writer<T> {
  constructor() {
    super("local", false);
  }
}

/** Makes a number of 32 bits a message, such as the address of a block. */
export function writeNumber(thread: Thread, at: number, number: number): void {
  thread.u32[at >> 2] = number;
  thread.u32[(at >> 2) + 1] = 0;
}

/** Where the last message of this thread has come to, and where its next one leaves from. */
export function slotOf(thread: Thread): number {
  return thread.worker + WORKER_MESSAGE;
}

/** Not `slice`: a slice of shared memory is shared memory, which half of the world refuses. */
export function copyOut(thread: Thread, from: number, size: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(size);
  copy.set(thread.bytes.subarray(from, from + size));
  return copy;
}
