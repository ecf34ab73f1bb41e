/**
 * Pairs of names in the shared memory, so that a number can stand for one on every worker.
 *
 * A number is the address of a block. It is written once and never freed, so any worker may read it
 * at any time.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";

/** The block: two lengths, then both texts. */
const HEADER_BYTES = 8;

/** A new number for two names; 0 if there is no memory for it. */
export function writePair(thread: Thread, first: string, second: string): number {
  const encoder = new TextEncoder();
  const [head, tail] = [encoder.encode(first), encoder.encode(second)];
  const block = thread.core.allocate(HEADER_BYTES + head.length + tail.length);
  if (block === 0) return 0;
  thread.u32[block >> 2] = head.length;
  thread.u32[(block >> 2) + 1] = tail.length;
  thread.bytes.set(head, block + HEADER_BYTES);
  thread.bytes.set(tail, block + HEADER_BYTES + head.length);
  return block;
}

/** The names that a number stands for. */
export function readPair(thread: Thread, number: number): [first: string, second: string] {
  const headBytes = thread.u32[number >> 2] as number;
  const tailBytes = thread.u32[(number >> 2) + 1] as number;
  const text = (from: number, bytes: number) =>
    // A copy: a decoder may refuse shared memory.
    new TextDecoder().decode(new Uint8Array(thread.bytes.subarray(from, from + bytes)));
  const headAt = number + HEADER_BYTES;
  return [text(headAt, headBytes), text(headAt + headBytes, tailBytes)];
}
