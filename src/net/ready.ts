/**
 * What a stream is ready for.
 *
 * @module
 */

import {
  IO_ERROR,
  READ_CLOSED,
  READABLE,
  WRITABLE,
  WRITE_CLOSED,
} from "../../assembly/shared/verdicts.ts";
import { readinessOf } from "../core/readiness.ts";
import { show } from "../error/check.ts";
import type { StreamBackend } from "./backend.ts";
import { Operation } from "./operation.ts";

/** What to wait for: one of these, or both joined by `|`. */
export const Interest = { READABLE, WRITABLE } as const;

/** What a stream was ready for when it was asked. A hint: a call may still have to wait. */
export class Ready {
  readonly #bits: number;

  /** Made by `ready`. */
  constructor(bits: number) {
    this.#bits = bits;
  }

  /** Reading may return at once, be it with the end of the stream or an error. */
  get isReadable(): boolean {
    return (this.#bits & (READABLE | READ_CLOSED)) !== 0;
  }

  /** Writing may return at once, be it with an error. */
  get isWritable(): boolean {
    return (this.#bits & (WRITABLE | WRITE_CLOSED)) !== 0;
  }

  /** The other side has ended the stream. There may still be something to read. */
  get isReadClosed(): boolean {
    return (this.#bits & READ_CLOSED) !== 0;
  }

  /** Nothing can be written any more. */
  get isWriteClosed(): boolean {
    return (this.#bits & WRITE_CLOSED) !== 0;
  }

  /** The next call will tell of an error. */
  get isError(): boolean {
    return (this.#bits & IO_ERROR) !== 0;
  }
}

/** Waits for readiness, and leaves it as it is. */
export class WaitReady extends Operation<Ready, StreamBackend> {
  protected readonly action = "wait for stream";
  readonly #mask: number;

  /** @throws {RangeError} If `interest` names nothing to wait for. */
  constructor(backend: StreamBackend, interest: number) {
    if (![READABLE, WRITABLE, READABLE | WRITABLE].includes(interest)) {
      throw new RangeError(`Cannot wait for stream: there is no interest ${show(interest)}`);
    }
    super(backend, interest);
    const reads = (interest & READABLE) !== 0 ? READABLE | READ_CLOSED : 0;
    const writes = (interest & WRITABLE) !== 0 ? WRITABLE | WRITE_CLOSED : 0;
    this.#mask = reads | writes | IO_ERROR;
  }

  protected attempt(): Ready {
    return new Ready(readinessOf(this.backend.thread, this.backend.slot) & this.#mask);
  }
}
