/**
 * Streams of values that follow a script.
 *
 * @module
 */

import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
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
 * A stream that follows a script.
 *
 * @example
 * ```ts
 * import { mockStream } from "tokiwa/test";
 *
 * using numbers = mockStream<number>().next(1).wait(20).next(2).build();
 * for await (const number of numbers) console.log(number); // 1
 * ```
 */
export class MockStream<T> implements AsyncIterable<T>, Disposable {
  readonly #steps: StreamStep<T>[];
  /** Of the step that comes first, if it is a wait. */
  #sleep: Sleep | undefined;

  /** For {@linkcode MockStreamBuilder.build}. */
  constructor(steps: StreamStep<T>[]) {
    this.#steps = steps;
  }

  /**
   * The next value; undefined at the end of the script, as often as it is asked for.
   *
   * **Cancel safety.** Nothing is lost, and a wait that has begun goes on.
   */
  next(): Future<T | undefined> {
    return new Next(this);
  }

  /** For {@linkcode Next}. */
  pollNext(waker: Waker): T | undefined | Pending {
    // Ends: each round but the last takes a step.
    for (;;) {
      const [step] = this.#steps;
      if (step === undefined) return undefined;
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

  /**
   * Gives all values, to the end of the script.
   *
   * **Cancel safety.** Nothing is lost when a task that loops is aborted.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    while (this.#left > 0) yield (await this.next()) as T;
    await this.next(); // A wait that the script ends with.
  }

  /**
   * Ends the stream.
   *
   * @throws {Error} If there are values that nobody has asked for.
   */
  [Symbol.dispose](): void {
    this.#sleep?.[Symbol.dispose]();
    const left = this.#left;
    this.#steps.length = 0;
    if (left > 0) throw new Error(`Cannot end mock stream: ${left} of its values were not taken`);
  }

  get #left(): number {
    return this.#steps.filter((step) => "value" in step).length;
  }
}

/** One wait for one value. */
class Next<T> extends Future<T | undefined> {
  readonly #stream: MockStream<T>;

  constructor(stream: MockStream<T>) {
    super();
    this.#stream = stream;
  }

  override poll(waker: Waker): T | undefined | Pending {
    return this.#stream.pollNext(waker);
  }

  override [Symbol.dispose](): void {}
}

/** Begins the script of a stream. */
export function mockStream<T>(): MockStreamBuilder<T> {
  return new MockStreamBuilder();
}
