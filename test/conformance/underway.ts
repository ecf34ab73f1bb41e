/**
 * Futures that are under way while the test looks at something else.
 *
 * @module
 */
import { type Future, spawn } from "tokiwa";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";

/** A future that a task of its own waits for. */
export class Underway<T> {
  isPending = true;
  readonly #task;

  private constructor(future: Future<T>) {
    this.#task = spawn(function* () {
      return yield* future;
    });
    const settled = () => {
      this.isPending = false;
    };
    this.#task.then(settled, settled);
  }

  /** Starts a future, and lets it get as far as it can. */
  static async begin<T>(future: Future<T>): Promise<Underway<T>> {
    const underway = new Underway(future);
    await turns();
    return underway;
  }

  /** Lets it get as far as it can. */
  async stillWaits(): Promise<boolean> {
    await turns();
    return this.isPending;
  }

  get value(): PromiseLike<T> {
    return this.#task;
  }

  /** What it failed with. */
  async failure(): Promise<unknown> {
    const { cause } = (await rejection(this.#task)) as Error;
    return cause;
  }

  /** Gives the future up. */
  async drop(): Promise<void> {
    this.#task.abort();
    await rejection(this.#task);
  }
}
