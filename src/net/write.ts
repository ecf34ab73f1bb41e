/**
 * Writing to a stream, and ending it.
 *
 * *Why vectored writes are joined here, and not by `writev`*: it wants the address of every buffer,
 * and asking for one costs about 50 ns and a bigint. Copying 64 KiB costs less than sending them.
 *
 * @module
 */

import { WRITABLE } from "../../assembly/shared/verdicts.ts";
import { type StreamBackend, WOULD_BLOCK } from "./backend.ts";
import { BLOCKED, Operation, PROGRESS } from "./operation.ts";

/** Bytes joined for one call. A buffer that is as long as this goes out by itself. */
const JOIN_MAX = 65536;

/** Writes part of a buffer. */
export class Write extends Operation<number, StreamBackend> {
  protected readonly action = "write";
  readonly #bytes: Uint8Array;

  constructor(backend: StreamBackend, bytes: Uint8Array) {
    super(backend, bytes.length === 0 ? 0 : WRITABLE);
    this.#bytes = bytes;
  }

  protected attempt(): number | typeof BLOCKED {
    if (this.#bytes.length === 0) return 0;
    const count = this.backend.tryWrite(this.#bytes);
    return count === WOULD_BLOCK ? BLOCKED : count;
  }
}

/** Writes a whole buffer. */
export class WriteAll extends Operation<void, StreamBackend> {
  protected readonly action = "write";
  readonly #bytes: Uint8Array;
  #written = 0;

  constructor(backend: StreamBackend, bytes: Uint8Array) {
    super(backend, bytes.length === 0 ? 0 : WRITABLE);
    this.#bytes = bytes;
  }

  protected attempt(): undefined | typeof BLOCKED | typeof PROGRESS {
    const bytes = this.#bytes;
    if (this.#written >= bytes.length) return undefined;
    const rest = this.#written === 0 ? bytes : bytes.subarray(this.#written);
    const count = this.backend.tryWrite(rest);
    if (count === WOULD_BLOCK) return BLOCKED;
    this.#written += count;
    return this.#written >= bytes.length ? undefined : PROGRESS;
  }
}

/** Writes part of several buffers, as if they were one. */
export class WriteVectored extends Operation<number, StreamBackend> {
  protected readonly action = "write";
  readonly #list: readonly Uint8Array[];

  constructor(backend: StreamBackend, list: readonly Uint8Array[]) {
    super(backend, isEmpty(list) ? 0 : WRITABLE);
    this.#list = list;
  }

  protected attempt(): number | typeof BLOCKED {
    const count = tryWriteVectored(this.backend, this.#list);
    return count === WOULD_BLOCK ? BLOCKED : count;
  }
}

/** Writes several buffers, one after the other. */
export class WriteAllVectored extends Operation<void, StreamBackend> {
  protected readonly action = "write";
  #rest: readonly Uint8Array[];

  constructor(backend: StreamBackend, list: readonly Uint8Array[]) {
    super(backend, isEmpty(list) ? 0 : WRITABLE);
    this.#rest = list.filter((bytes) => bytes.length > 0);
  }

  protected attempt(): undefined | typeof BLOCKED | typeof PROGRESS {
    if (this.#rest.length === 0) return undefined;
    const count = tryWriteVectored(this.backend, this.#rest);
    if (count === WOULD_BLOCK) return BLOCKED;
    this.#rest = without(this.#rest, count);
    return this.#rest.length === 0 ? undefined : PROGRESS;
  }
}

/** Ends the direction of writing. */
export class Shutdown extends Operation<void, StreamBackend> {
  protected readonly action = "shut down";

  constructor(backend: StreamBackend) {
    super(backend, WRITABLE);
  }

  /** Also while there is no room to write. */
  protected override isReady(): boolean {
    return true;
  }

  protected attempt(): undefined | typeof BLOCKED {
    return this.backend.tryShutdown() ? undefined : BLOCKED;
  }
}

/** Where short buffers are joined. Each thread runs one attempt at a time. */
let joined: Uint8Array | undefined;

/** How many bytes of `list` were written in one call, or WOULD_BLOCK. */
export function tryWriteVectored(backend: StreamBackend, list: readonly Uint8Array[]): number {
  const first = list.find((bytes) => bytes.length > 0);
  if (first === undefined) return 0;
  if (first.length >= JOIN_MAX) return backend.tryWrite(first);
  joined ??= new Uint8Array(JOIN_MAX);
  let length = 0;
  for (const bytes of list) {
    const part = bytes.subarray(0, JOIN_MAX - length);
    joined.set(part, length);
    length += part.length;
    if (length === JOIN_MAX) break;
  }
  return backend.tryWrite(joined.subarray(0, length));
}

/** Are there no bytes in `list`? */
export function isEmpty(list: readonly Uint8Array[]): boolean {
  return list.every((bytes) => bytes.length === 0);
}

/** What is left of `list` after its first `count` bytes. */
function without(list: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count;
  for (const [index, bytes] of list.entries()) {
    if (left < bytes.length) return [bytes.subarray(left), ...list.slice(index + 1)];
    left -= bytes.length;
  }
  return [];
}
