/**
 * Streams of bytes whose other side is a script.
 *
 * @module
 */

import { unexpected } from "../error/check.ts";
import { TcpStream } from "../net/tcp-stream.ts";
import { delayMs } from "../time/duration.ts";
import { MockBackend } from "./mock-backend.ts";

/** What happens on the other side of a mock, in order. */
export type IoStep =
  | { readonly kind: "read" | "write"; readonly bytes: Uint8Array }
  | { readonly kind: "readError" | "writeError"; readonly error: unknown }
  | { readonly kind: "wait"; readonly ms: number };

/** The steps that a script may have, for the builder and for the handle. */
abstract class IoScript {
  /** Where a step goes. */
  protected abstract add(step: IoStep): void;

  /** The next read gets these bytes; it gets no more, and what it has no room for stays. */
  read(bytes: Uint8Array | string): this {
    this.add({ kind: "read", bytes: bytesOf(bytes) });
    return this;
  }

  /** The next bytes written are these, in one write or several. */
  write(bytes: Uint8Array | string): this {
    this.add({ kind: "write", bytes: bytesOf(bytes) });
    return this;
  }

  /** The next read fails with `error`. */
  readError(error: unknown): this {
    this.add({ kind: "readError", error });
    return this;
  }

  /** The next write fails with `error`. */
  writeError(error: unknown): this {
    this.add({ kind: "writeError", error });
    return this;
  }

  /** For so many milliseconds from when it is asked for more, the mock does nothing. */
  wait(ms: number): this {
    this.add({ kind: "wait", ms: delayMs(ms, "script mock") });
    return this;
  }
}

/** Writes the script of a mock; made by {@linkcode mockIo}. */
export class MockIoBuilder extends IoScript {
  readonly #steps: IoStep[] = [];
  #name = "mock";

  /** What to call the mock in errors. */
  name(name: string): this {
    this.#name = name;
    return this;
  }

  /** The stream, for the runtime of the running code. It ends where the script does. */
  build(): TcpStream {
    return new TcpStream(new MockBackend(this.#name, [...this.#steps], false));
  }

  /** The same with a handle, by which the script goes on while the stream is used. */
  buildWithHandle(): { readonly stream: TcpStream; readonly handle: MockIoHandle } {
    const backend = new MockBackend(this.#name, [...this.#steps], true);
    return { stream: new TcpStream(backend), handle: new MockIoHandle(backend) };
  }

  protected add(step: IoStep): void {
    this.#steps.push(step);
  }
}

/** Goes on with a script that has begun. Dispose it to end the script, and with it the stream. */
export class MockIoHandle extends IoScript implements Disposable {
  readonly #backend: MockBackend;

  /** For {@linkcode MockIoBuilder.buildWithHandle}. */
  constructor(backend: MockBackend) {
    super();
    this.#backend = backend;
  }

  /** Nothing more comes. Harmless when done twice. */
  [Symbol.dispose](): void {
    this.#backend.endScript();
  }

  protected add(step: IoStep): void {
    this.#backend.addStep(step);
  }
}

/**
 * Begins the script of a `TcpStream` without a network.
 *
 * Steps come in the order of the script, but a write need not wait for what is to be read before
 * it. A write that the script does not have fails; so does closing the stream before the script has
 * come to its end.
 *
 * @example
 * ```ts
 * import { mockIo } from "tokiwa/test";
 *
 * using stream = mockIo().write("ping").wait(20).read("pong").build();
 * await stream.writeAll(new TextEncoder().encode("ping"));
 * console.log(new TextDecoder().decode(await stream.readToEnd())); // pong
 * ```
 */
export function mockIo(): MockIoBuilder {
  return new MockIoBuilder();
}

function bytesOf(bytes: Uint8Array | string): Uint8Array {
  if (typeof bytes === "string") return new TextEncoder().encode(bytes);
  if (bytes instanceof Uint8Array) return bytes.slice();
  throw unexpected("script mock", "bytes or text", bytes);
}
