/**
 * The one value of what stays on its worker: a watch, or what is set once.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { LocalCodec } from "./message.ts";

/** The value itself. All messages stand for it: whoever sends one replaces it. */
export class LocalSingle<T> extends LocalCodec<T> {
  value: T | undefined;

  override write(_thread: Thread, _value: T): bigint {
    return 0n;
  }

  override read(_thread: Thread, _at: number): T {
    return this.value as T;
  }
}
