/**
 * Futures that are polled by hand.
 *
 * @module
 */
import { Future, PENDING, type Pending, spawn, type Waker } from "tokiwa";
import { turns } from "./turns.ts";

/** Stands in a task that has nothing to do but to be woken. */
class Listening extends Future<void> {
  waker: Waker | undefined;
  polls = 0;

  override poll(waker: Waker): Pending {
    this.waker = waker;
    this.polls += 1;
    return PENDING;
  }

  override [Symbol.dispose](): void {}
}

/** A future in a task of its own, which polls it only when it is told to. */
export class Polled<T> implements Disposable {
  readonly #future: Future<T>;
  readonly #listening = new Listening();
  readonly #task = spawn(async () => await this.#listening);
  #seen = 1;

  private constructor(future: Future<T>) {
    this.#future = future;
    this.#task.then(undefined, () => {});
  }

  static async of<T>(future: Future<T>): Promise<Polled<T>> {
    const polled = new Polled(future);
    await turns();
    return polled;
  }

  poll(): T | Pending {
    return this.#future.poll(this.#listening.waker as Waker);
  }

  /** Was it woken since this was asked last? */
  async wasWoken(): Promise<boolean> {
    await turns();
    const { polls } = this.#listening;
    const wasWoken = polls > this.#seen;
    this.#seen = polls;
    return wasWoken;
  }

  /** Gives the future up. */
  [Symbol.dispose](): void {
    this.#future[Symbol.dispose]();
    this.#task.abort();
  }
}
