/**
 * Sleeping on a word of the shared memory in the system's own futex.
 *
 * *Why not `Atomics.wait`*: on top of it engines have a lock, a list and a condition variable of
 * their own, and a wake goes through all three. Measured: 10 µs instead of 5.
 *
 * A thread that sleeps here hears of nothing else, its own termination included.
 *
 * @module
 */

import type { CoreMemory } from "../../core/load.ts";
import type { Futex } from "../../core/thread.ts";
import { type Libc, libc } from "./libc.ts";

/** The number of the system call, by the names of Node. All have times of twice 64 bits. */
const NUMBERS: Partial<Record<string, number>> = { x64: 202, arm64: 98, riscv64: 98, loong64: 98 };
const FUTEX_WAIT_PRIVATE = 128;
const FUTEX_WAKE_PRIVATE = 129;

export class LinuxFutex implements Futex {
  static readonly isKnownHere = process.arch in NUMBERS;

  readonly #libc: Libc = libc();
  readonly #number = NUMBERS[process.arch] as number;
  /** Where the memory begins: it is shared, and never moves. */
  readonly #base: number;
  /** A `struct timespec`: seconds and nanoseconds, the low half of each first. */
  readonly #timeout = new Uint32Array(4);

  constructor(memory: CoreMemory) {
    this.#base = this.#libc.addressOf(new Uint8Array(memory.buffer));
  }

  wait(address: number, expected: number, timeoutMs: number): void {
    const seconds = Math.floor(timeoutMs / 1000);
    this.#timeout[0] = seconds;
    this.#timeout[2] = (timeoutMs - seconds * 1000) * 1e6;
    const at = this.#base + address;
    this.#libc.futexWait(this.#number, at, FUTEX_WAIT_PRIVATE, expected, this.#timeout);
  }

  wake(address: number): void {
    this.#libc.futexWake(this.#number, this.#base + address, FUTEX_WAKE_PRIVATE, 1);
  }
}
