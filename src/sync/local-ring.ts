/**
 * Messages of a broadcast that stays on its worker: its ring has the values themselves.
 *
 * @module
 */

import {
  BROADCAST_CAPACITY,
  BROADCAST_SLOT_SIZE,
  BROADCAST_SLOT_UNREAD,
  PRIMITIVE_BLOCK,
  PRIMITIVE_VERSION,
} from "../../assembly/shared/layout.ts";
import type { Thread } from "../core/thread.ts";
import { LocalCodec, writeNumber } from "./message.ts";

/** One place for each slot of the core's ring. A message is the number of its place. */
export class LocalRing<T> extends LocalCodec<T> {
  /** Undefined where there is none that anybody has to read. */
  readonly #values: (T | undefined)[] = [];
  readonly #address: number;

  /** @param address The broadcast's. It is there as long as anybody reads or writes. */
  constructor(address: number) {
    super();
    this.#address = address;
  }

  override write(thread: Thread, value: T, at: number): void {
    const place = this.#placeOf(thread, 0);
    this.#values[place] = value;
    writeNumber(thread, at, place);
  }

  /** Forgets what nobody else has to read. */
  override peek(thread: Thread, at: number): T {
    const place = thread.u32[at >> 2] as number;
    const value = this.#values[place] as T;
    if (this.#unread(thread, place) === 0) this.#values[place] = undefined;
    return value;
  }

  override discard(_thread: Thread, message: bigint): void {
    this.#values[Number(message)] = undefined;
  }

  /** Forgets what only a receiver had to read that goes, with so many messages unseen. */
  leave(thread: Thread, unseen: number): void {
    const kept = Math.min(unseen, this.#capacity(thread));
    for (let back = 1; back <= kept; back++) {
      const place = this.#placeOf(thread, back);
      if (this.#unread(thread, place) === 1) this.#values[place] = undefined;
    }
  }

  /** Where the next message goes, or where an earlier one is. */
  #placeOf(thread: Thread, back: number): number {
    const version = thread.u32[(this.#address + PRIMITIVE_VERSION) >> 2] as number;
    return (version - back) & (this.#capacity(thread) - 1);
  }

  #capacity(thread: Thread): number {
    return thread.u32[(this.#address + BROADCAST_CAPACITY) >> 2] as number;
  }

  /** How many receivers have not read what stands there. */
  #unread(thread: Thread, place: number): number {
    const ring = thread.u32[(this.#address + PRIMITIVE_BLOCK) >> 2] as number;
    const slot = ring + place * BROADCAST_SLOT_SIZE;
    return thread.u32[(slot + BROADCAST_SLOT_UNREAD) >> 2] as number;
  }
}
