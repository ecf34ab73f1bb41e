/**
 * Messages that stay on their worker: a channel without a codec carries the values themselves.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { LocalCodec } from "./message.ts";

/** The values in one channel. A message is the number of a place among them. */
export class LocalValues<T> extends LocalCodec<T> {
  /** Undefined where there is none. */
  readonly #places: (T | undefined)[] = [];
  readonly #free: number[] = [];

  override write(_thread: Thread, value: T): bigint {
    const place = this.#free.pop() ?? this.#places.length;
    this.#places[place] = value;
    return BigInt(place);
  }

  override read(thread: Thread, at: number): T {
    return this.#take(thread.u32[at >> 2] as number);
  }

  override discard(_thread: Thread, message: bigint): void {
    this.#take(Number(message));
  }

  /** Forgets all values: their receiver is gone. */
  clear(): void {
    this.#places.length = 0;
    this.#free.length = 0;
  }

  #take(place: number): T {
    const value = this.#places[place] as T;
    this.#places[place] = undefined;
    this.#free.push(place);
    return value;
  }
}
