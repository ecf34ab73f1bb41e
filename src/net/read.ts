/**
 * Reading from a stream.
 *
 * @module
 */

import { READABLE } from "../../assembly/shared/verdicts.ts";
import { UnexpectedEndError } from "../error/unexpected-end.ts";
import { type StreamBackend, WOULD_BLOCK } from "./backend.ts";
import { BLOCKED, Operation, PROGRESS } from "./operation.ts";

/** The first buffer of {@linkcode ReadToEnd}: Tokio's default for buffers. */
const FIRST_BYTES = 8192;

/** Fills part of a buffer; `peek` leaves the bytes to be read again. */
export class Read extends Operation<number, StreamBackend> {
  protected readonly action: "read" | "peek";
  readonly #buffer: Uint8Array;

  constructor(backend: StreamBackend, buffer: Uint8Array, action: "read" | "peek") {
    super(backend, buffer.length === 0 ? 0 : READABLE);
    this.action = action;
    this.#buffer = buffer;
  }

  protected attempt(): number | typeof BLOCKED {
    const buffer = this.#buffer;
    if (buffer.length === 0) return 0;
    const { backend } = this;
    const count = this.action === "read" ? backend.tryRead(buffer) : backend.tryPeek(buffer);
    return count === WOULD_BLOCK ? BLOCKED : count;
  }
}

/** Fills a buffer. */
export class ReadExact extends Operation<number, StreamBackend> {
  protected readonly action = "read";
  readonly #buffer: Uint8Array;
  #filled = 0;

  constructor(backend: StreamBackend, buffer: Uint8Array) {
    super(backend, buffer.length === 0 ? 0 : READABLE);
    this.#buffer = buffer;
  }

  protected attempt(): number | typeof BLOCKED | typeof PROGRESS {
    const buffer = this.#buffer;
    if (this.#filled >= buffer.length) return this.#filled;
    const rest = this.#filled === 0 ? buffer : buffer.subarray(this.#filled);
    const count = this.backend.tryRead(rest);
    if (count === WOULD_BLOCK) return BLOCKED;
    if (count === 0) throw new UnexpectedEndError(this.#filled, buffer.length);
    this.#filled += count;
    return this.#filled === buffer.length ? this.#filled : PROGRESS;
  }
}

/** Reads until the other side ends the stream. */
export class ReadToEnd extends Operation<Uint8Array, StreamBackend> {
  protected readonly action = "read";
  readonly #limit: number;
  #buffer: Uint8Array;
  #filled = 0;

  /** @param limit How many bytes may come at most. */
  constructor(backend: StreamBackend, limit: number) {
    super(backend, READABLE);
    this.#limit = limit;
    this.#buffer = new Uint8Array(Math.min(FIRST_BYTES, limit + 1));
  }

  protected attempt(): Uint8Array | typeof BLOCKED | typeof PROGRESS {
    if (this.#filled === this.#buffer.length) this.#grow();
    const count = this.backend.tryRead(this.#buffer.subarray(this.#filled));
    if (count === WOULD_BLOCK) return BLOCKED;
    if (count === 0) return this.#buffer.slice(0, this.#filled);
    this.#filled += count;
    if (this.#filled <= this.#limit) return PROGRESS;
    throw new RangeError(`Cannot read to end: more than ${this.#limit} bytes have come`);
  }

  /** One byte beyond the limit has room, so that there is a place for what breaks it. */
  #grow(): void {
    const larger = new Uint8Array(Math.min(this.#buffer.length * 2, this.#limit + 1));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}
