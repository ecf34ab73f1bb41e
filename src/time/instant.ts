/**
 * A point in time.
 *
 * @module
 */

import { platform } from "#platform";
import { tryContext } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import type { Thread } from "../core/thread.ts";
import { show, unexpected } from "../error/check.ts";
import { sendable } from "../task/send.ts";

/** Beyond this, milliseconds cannot be told apart. */
const MAX_MS = Number.MAX_SAFE_INTEGER;

/**
 * A point in time. It has nothing to do with the time of day, and is the same on every worker and
 * in every runtime of the process: an instant may be handed to a portable task.
 *
 * Instants compare with `<` and `>`, by their {@linkcode valueOf}.
 *
 * @example One deadline for several steps
 * ```ts
 * using listener = await TcpListener.bind("127.0.0.1:0");
 * const deadline = Instant.now().add(500);
 * using stream = await timeoutAt(deadline, TcpStream.connect(listener.localAddr));
 * await timeoutAt(deadline, stream.writeAll(new TextEncoder().encode("hello")));
 * ```
 */
export class Instant {
  static {
    shownBy(Instant, (instant) => ({ ms: instant.#ms }));
  }

  readonly #ms: number;

  get [sendable](): string {
    return "tokiwa.Instant";
  }

  /** @param ms Milliseconds on the process's clock, as {@linkcode valueOf} gives them. */
  constructor(ms: number) {
    this.#ms = checkMs(ms);
  }

  /** The present time of the running code's runtime. */
  static now(): Instant {
    const thread = tryContext()?.thread;
    return thread === undefined ? new Instant(platform.now()) : instantOf(thread, thread.now());
  }

  /** The instant at which this thread's `performance.now()` is `ms`. */
  static fromPerformance(ms: number): Instant {
    return Instant.now().add(ms - performance.now());
  }

  /** What this thread's `performance.now()` is at this instant. */
  toPerformance(): number {
    return performance.now() + (this.#ms - Instant.now().#ms);
  }

  /** Milliseconds from `earlier` to this instant; 0 if `earlier` is not earlier. */
  since(earlier: Instant): number {
    return Math.max(0, this.compare(earlier));
  }

  /** As {@linkcode since}, but undefined if `earlier` is later. */
  checkedSince(earlier: Instant): number | undefined {
    const ms = this.compare(earlier);
    return ms < 0 ? undefined : ms;
  }

  /** Milliseconds from this instant to now; 0 if it is still to come. */
  elapsed(): number {
    return Instant.now().since(this);
  }

  /**
   * The instant `ms` milliseconds later.
   *
   * @throws {RangeError} If that is not a number, or beyond what an instant can hold.
   */
  add(ms: number): Instant {
    return new Instant(this.#ms + checkMs(ms));
  }

  /**
   * The instant `ms` milliseconds earlier.
   *
   * @throws {RangeError} If that is not a number, or beyond what an instant can hold.
   */
  sub(ms: number): Instant {
    return new Instant(this.#ms - checkMs(ms));
  }

  /** As {@linkcode add}, but undefined where that throws. */
  checkedAdd(ms: number): Instant | undefined {
    return Math.abs(this.#ms + ms) <= MAX_MS ? new Instant(this.#ms + ms) : undefined;
  }

  /** As {@linkcode sub}, but undefined where that throws. */
  checkedSub(ms: number): Instant | undefined {
    return this.checkedAdd(-ms);
  }

  /** Negative, 0 or positive as this instant is before, at or after `other`: for `sort`. */
  compare(other: Instant): number {
    return this.#ms - checkInstant(other, "compare").#ms;
  }

  /** Milliseconds on the process's clock. Only differences between them mean anything. */
  valueOf(): number {
    return this.#ms;
  }
}

/** The instant that is `ms` on the clock of a thread. */
export function instantOf(thread: Thread, ms: number): Instant {
  return new Instant(thread.origin + ms);
}

/**
 * An instant on the clock of a thread: never later than it is on the process's clock, by however
 * little. Numbers of the older clock have the coarser last digits, so the difference is exact.
 *
 * @param action What to call the caller in errors, such as `sleep`.
 * @throws {TypeError} If it is no instant.
 */
export function msOn(thread: Thread, instant: Instant, action: string): number {
  return checkInstant(instant, action).valueOf() - thread.origin;
}

function checkInstant(instant: Instant, action: string): Instant {
  if (instant instanceof Instant) return instant;
  throw unexpected(action, "an Instant", instant);
}

function checkMs(ms: number): number {
  if (typeof ms === "number" && Math.abs(ms) <= MAX_MS) return ms;
  throw new RangeError(`Cannot make instant: ${show(ms)} is not a number of milliseconds in range`);
}
