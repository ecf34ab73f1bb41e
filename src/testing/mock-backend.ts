/**
 * What stands behind a mocked stream in place of a socket.
 *
 * @module
 */

import { READABLE, WRITABLE } from "../../assembly/shared/verdicts.ts";
import { context, runInside } from "../core/context.ts";
import { clearReadiness } from "../core/readiness.ts";
import type { Thread } from "../core/thread.ts";
import { ClosedError } from "../error/closed.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { type Endpoint, type StreamBackend, WOULD_BLOCK, type WouldBlock } from "../net/backend.ts";
import { sleep } from "../time/sleep.ts";
import type { IoStep } from "./mock-io.ts";

/** Where a mock says that it is. */
const NOWHERE: Endpoint = { address: "0.0.0.0", port: 0 };

export class MockBackend implements StreamBackend {
  readonly thread: Thread;
  slot: number;
  gone = "";
  readonly about: Endpoint | undefined;
  nodelay = false;
  keepalive = false;
  linger: number | undefined;
  ttl = 64;
  readonly #name: string;
  /** What is still to come; of the first step only what is left of it. */
  readonly #steps: IoStep[];
  /** A handle may add more. */
  #isOpen: boolean;
  #isWaiting = false;

  constructor(name: string, steps: IoStep[], isOpen: boolean) {
    this.thread = context().thread;
    if (this.thread.isClosed) throw new ClosedError("Cannot build mock: the runtime is shut down");
    this.slot = this.thread.core.ioRegister(-1);
    if (this.slot === 0) throw new OutOfMemoryError("build mock");
    this.#name = name;
    this.#steps = steps;
    this.#isOpen = isOpen;
    this.#raise();
  }

  addStep(step: IoStep): void {
    if (!this.#isOpen) throw new ClosedError(`Cannot script ${this.#name}: the script has ended`);
    this.#steps.push(step);
    this.#raise();
  }

  endScript(): void {
    this.#isOpen = false;
    this.#raise();
  }

  tryEstablish(): boolean {
    return true;
  }

  tryRead(buffer: Uint8Array): number | WouldBlock {
    const count = this.tryPeek(buffer);
    if (count > 0) this.#consume(0, count);
    return count;
  }

  tryPeek(buffer: Uint8Array): number | WouldBlock {
    const [step] = this.#steps;
    if (step === undefined && !this.#isOpen) return 0;
    if (step?.kind === "read") {
      const part = step.bytes.subarray(0, buffer.length);
      buffer.set(part);
      return part.length;
    }
    if (step?.kind === "readError") this.#fail(0, step.error);
    return this.#block(READABLE);
  }

  tryWrite(bytes: Uint8Array): number | WouldBlock {
    const index = this.#steps.findIndex(({ kind }) => kind !== "read" && kind !== "readError");
    const step = this.#steps[index];
    if (step?.kind === "writeError") this.#fail(index, step.error);
    if (step?.kind === "write") return this.#compare(index, step.bytes, bytes);
    if (step === undefined && !this.#isOpen) {
      throw new Error(`Cannot write to ${this.#name}: expected nothing, got ${textOf(bytes)}`);
    }
    return this.#block(WRITABLE);
  }

  tryShutdown(): boolean {
    return true;
  }

  localEndpoint(): Endpoint {
    return NOWHERE;
  }

  peerEndpoint(): Endpoint {
    return NOWHERE;
  }

  setKeepaliveIdle(): void {}

  detach(): undefined {}

  attach(): void {}

  close(gone = "the stream is closed"): void {
    if (this.slot === 0) return;
    this.thread.core.ioDeregister(this.slot);
    this.slot = 0;
    this.gone = gone;
    this.thread.driver.kick();
    const left = this.#steps.find(({ kind }) => kind !== "wait");
    if (left === undefined) return;
    const what = "bytes" in left ? `: ${textOf(left.bytes)}` : "";
    throw new Error(`Cannot close ${this.#name}: there is still a ${left.kind} to come${what}`);
  }

  #compare(index: number, expected: Uint8Array, bytes: Uint8Array): number {
    const count = Math.min(expected.length, bytes.length);
    if (bytes.subarray(0, count).some((byte, at) => byte !== expected[at])) {
      const wanted = textOf(expected);
      throw new Error(`Cannot write to ${this.#name}: expected ${wanted}, got ${textOf(bytes)}`);
    }
    this.#consume(index, count);
    return count;
  }

  /** Takes the first bytes of a step, and the step once it has no more. */
  #consume(index: number, count: number): void {
    const step = this.#steps[index];
    if (step === undefined || !("bytes" in step)) return;
    if (count < step.bytes.length) {
      this.#steps[index] = { ...step, bytes: step.bytes.subarray(count) };
    } else this.#take(index);
  }

  #fail(index: number, error: unknown): never {
    this.#take(index);
    throw error;
  }

  /** A step is done: whoever waits may have its turn. */
  #take(index: number): void {
    this.#steps.splice(index, 1);
    this.#raise();
  }

  /** There is nothing to do for this direction before the script goes on. */
  #block(bits: number): WouldBlock {
    clearReadiness(this.thread, this.slot, bits);
    const [step] = this.#steps;
    if (step?.kind === "wait" && !this.#isWaiting) this.#wait(step.ms);
    return WOULD_BLOCK;
  }

  #wait(ms: number): void {
    this.#isWaiting = true;
    // No part of the task that happens to ask: its end must not end the wait.
    runInside({ thread: this.thread, task: undefined }, () => {
      sleep(ms).then(
        () => {
          this.#isWaiting = false;
          this.#take(0);
        },
        () => {}, // The runtime has shut down.
      );
    });
  }

  #raise(): void {
    if (this.slot === 0) return;
    this.thread.core.ioRaise(this.slot, READABLE | WRITABLE);
    this.thread.driver.kick();
  }
}

/** Bytes as errors show them. */
function textOf(bytes: Uint8Array): string {
  return JSON.stringify(new TextDecoder("latin1").decode(bytes));
}
