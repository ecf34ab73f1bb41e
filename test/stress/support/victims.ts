/**
 * A runtime's workers, to be killed one after the other.
 *
 * @module
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Worker } from "node:worker_threads";
import { until } from "../../support/waiting.ts";

/** Must be there before its runtime, which is made with its `options`. */
export class Victims implements Disposable {
  readonly #workers: number;
  /** Threads of this process that were started since, and that have not ended. */
  readonly #threads = new Set<Worker>();
  #started = 0;
  #lost = 0;
  #killed = 0;

  readonly options = {
    hooks: {
      onThreadStart: () => {
        this.#started += 1;
      },
    },
    onWorkerLost: () => {
      this.#lost += 1;
    },
  };

  readonly #onThread = (message: unknown): void => {
    const { worker } = message as { worker: Worker };
    this.#threads.add(worker);
    worker.on("exit", () => this.#threads.delete(worker));
  };

  constructor(workers: number) {
    this.#workers = workers;
    subscribe("worker_threads", this.#onThread);
  }

  /** Kills one of them wherever it is. */
  async killOne(random: () => number): Promise<void> {
    const threads = [...this.#threads];
    this.#killed += 1;
    await (threads[Math.floor(random() * threads.length)] as Worker).terminate();
  }

  async killAll(): Promise<void> {
    this.#killed += this.#threads.size;
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  /**
   * Waits until others have taken the place of the dead. Threads that die before they take a task
   * would be given up. Nobody may have died who was not killed.
   */
  async replaced(): Promise<void> {
    await until(() => this.#lost === this.#killed && this.#started === this.#workers + this.#lost);
  }

  [Symbol.dispose](): void {
    unsubscribe("worker_threads", this.#onThread);
  }
}
