/**
 * Waiting for things that happen, never for a guess of time.
 *
 * @module
 */

/** A promise with its ends outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** A channel for one value, as JavaScript has it. */
export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** A channel for many values and one reader. */
export class Mailbox<T> {
  readonly #values: T[] = [];
  #reader: Deferred<T> | undefined;

  send(value: T): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#values.push(value);
    else reader.resolve(value);
  }

  receive(): Promise<T> {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift() as T);
    this.#reader = deferred<T>();
    return this.#reader.promise;
  }
}

/** Resolves once `isTrue` says so. The test's own time limit ends a vain wait. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Lets the event loop serve all its sources a few times. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** What a promise was rejected with. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (reason) {
    return reason;
  }
  throw new Error("Expected a rejection, got a value");
}

/** The same for a condition that has to be asked for. */
export async function untilAsync(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
}
