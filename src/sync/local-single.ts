/**
 * The one value of what stays on its worker: a watch, or what is set once.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { LocalCodec, writeNumber } from "./message.ts";

/** The value itself. All messages stand for it: whoever sends one replaces it. */
export class LocalSingle<T> extends LocalCodec<T> {
  value: T | undefined;

  override write(thread: Thread, _value: T, at: number): void {
    writeNumber(thread, at, 0);
  }

  override peek(_thread: Thread, _at: number): T {
    return this.value as T;
  }
}
