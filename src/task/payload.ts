/**
 * What a portable task's header carries: the arguments until it begins, then what came of it.
 *
 * @module
 */

import {
  TASK_BEGUN,
  TASK_NUMBER,
  TASK_PAYLOAD,
  TASK_PAYLOAD_KIND,
  TASK_PAYLOAD_SIZE,
} from "../../assembly/shared/layout.ts";
import { BEGUN } from "../../assembly/shared/verdicts.ts";
import type { Thread } from "../core/thread.ts";
import { decode, discard } from "./codec.ts";
import type { Encoded } from "./encoded.ts";

/** Has the task's body been called, or will it never be? Before, its payload is its arguments. */
export function hasBegun(thread: Thread, address: number): boolean {
  return thread.bytes[address + TASK_BEGUN] === BEGUN;
}

/** Says that the task's body is about to be called: it can run nowhere else from here on. */
export function markBegun(thread: Thread, address: number): void {
  thread.bytes[address + TASK_BEGUN] = BEGUN;
}

/** Reads the value. Once, if there are objects in it to adopt. */
export function readPayload(thread: Thread, address: number): unknown {
  const { kind, block, size, number } = encodedAt(thread, address);
  return decode(thread, kind, block, size, number);
}

/** Gives up the objects in a value that nobody will read. */
export function discardPayload(thread: Thread, address: number): void {
  const { kind, block, size } = encodedAt(thread, address);
  discard(thread, kind, block, size);
}

function encodedAt(thread: Thread, address: number): Encoded {
  const word = address >> 2;
  return {
    kind: thread.bytes[address + TASK_PAYLOAD_KIND] as number,
    block: thread.u32[word + (TASK_PAYLOAD >> 2)] as number,
    size: thread.u32[word + (TASK_PAYLOAD_SIZE >> 2)] as number,
    number: thread.f64[(address + TASK_NUMBER) >> 3] as number,
  };
}
