/**
 * Streams of values that follow a script.
 *
 * @module
 */

import { PENDING, type Pending, type Waker } from "../future/future.ts";
import { type End, type SizeHint, Source } from "../stream/source.ts";
import { Stream } from "../stream/stream.ts";
import { END } from "../sync/iterate.ts";
import { delayMs } from "../time/duration.ts";
import { type Sleep, sleep } from "../time/sleep.ts";

type StreamStep<T> = { readonly value: T } | { readonly ms: number };

/** Writes the script of a stream; made by {@linkcode mockStream}. */
export class MockStreamBuilder<T> {
  readonly #steps: StreamStep<T>[] = [];

  /** The stream gives `value`. */
  next(value: T): this {
    this.#steps.push({ value });
    return this;
  }

  /** For so many milliseconds from when it is asked for more, the stream has nothing. */
  wait(ms: number): this {
    this.#steps.push({ ms: delayMs(ms, "script mock") });
    return this;
  }

  /** The stream. It ends where the script does. */
  build(): MockStream<T> {
    return new MockStream([...this.#steps]);
  }
}

/**
 * A stream that follows a script, to its end.
 *
 * @example
 * ```ts
 * import { mockStream } from "tokiwa/test";
 *
 * using numbers = mockStream<number>().next(1).wait(20).next(2).build();
 * for await (const number of numbers) console.log(number); // 1
 * ```
 */
export class MockStream<T> extends Stream<T> {
  /** For {@linkcode MockStreamBuilder.build}. */
  constructor(steps: StreamStep<T>[]) {
    super(new Script(steps));
  }

  /**
   * Ends the stream.
   *
   * @throws {Error} If there are values that nobody has asked for.
   */
  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
  }
}

class Script<T> extends Source<T> {
  readonly #steps: StreamStep<T>[];
  /** Of the step that comes first, if it is a wait. It goes on whoever gives up waiting. */
  #sleep: Sleep | undefined;

  constructor(steps: StreamStep<T>[]) {
    super();
    this.#steps = steps;
  }

  override get sizeHint(): SizeHint {
    const left = this.#left;
    return [left, left];
  }

  override pollNext(waker: Waker): T | Pending | End {
    // Ends: each round but the last takes a step.
    for (;;) {
      const [step] = this.#steps;
      if (step === undefined) return END;
      if ("value" in step) {
        this.#steps.shift();
        return step.value;
      }
      this.#sleep ??= sleep(step.ms);
      if (this.#sleep.poll(waker) === PENDING) return PENDING;
      this.#sleep = undefined;
      this.#steps.shift();
    }
  }

  override [Symbol.dispose](): void {
    this.#sleep?.[Symbol.dispose]();
    const left = this.#left;
    this.#steps.length = 0;
    if (left > 0) throw new Error(`Cannot end mock stream: ${left} of its values were not taken`);
  }

  get #left(): number {
    return this.#steps.filter((step) => "value" in step).length;
  }
}

/** Begins the script of a stream. */
export function mockStream<T>(): MockStreamBuilder<T> {
  return new MockStreamBuilder();
}
