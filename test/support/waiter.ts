/**
 * Futures that a test looks at while they wait.
 *
 * @module
 */
import { type Future, type JoinHandle, spawn } from "tokiwa";
import { turns } from "./turns.ts";

/** A future that a task of its own waits for. */
export class Waiter<T> {
  readonly #task: JoinHandle<T>;

  private constructor(future: Future<T>) {
    this.#task = spawn(function* () {
      return yield* future;
    });
  }

  /** Has the future begun to wait, or come to its end. */
  static async of<T>(future: Future<T>): Promise<Waiter<T>> {
    const waiter = new Waiter(future);
    await turns();
    return waiter;
  }

  /** Has it come, now that everybody has had a turn? */
  async isReady(): Promise<boolean> {
    await turns();
    return this.#task.isFinished;
  }

  /** Gives the wait up. */
  async drop(): Promise<void> {
    this.#task.abort();
    await turns();
  }

  /** What comes. */
  value(): Promise<T> {
    return Promise.resolve(this.#task);
  }
}
