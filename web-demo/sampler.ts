/** What the workers have done since the frame before, out of the runtime's metrics. */

import type { RuntimeMetrics, WorkerMetrics } from "tokiwa";

/** One worker, in the time of one frame. */
export interface WorkerSample {
  readonly polls: number;
  readonly steals: number;
  readonly parks: number;
  /** Tasks in its own queues now. */
  readonly depth: number;
  readonly isParked: boolean;
  /** Milliseconds awake. */
  readonly busyMs: number;
}

interface Counters {
  readonly worker: WorkerMetrics;
  polls: number;
  steals: number;
  parks: number;
  busyMs: number;
}

export class Sampler {
  readonly metrics: RuntimeMetrics;
  readonly #counters: Counters[];

  constructor(metrics: RuntimeMetrics) {
    this.metrics = metrics;
    this.#counters = Array.from({ length: metrics.workers }, (_, index) => {
      return { worker: metrics.worker(index), polls: 0, steals: 0, parks: 0, busyMs: 0 };
    });
    this.sample();
  }

  /** The wheels of all workers. */
  get wheels() {
    return this.#counters.map(({ worker }) => worker.timerWheel);
  }

  /** What each worker has done since this was last called. */
  sample(): WorkerSample[] {
    return this.#counters.map((before) => {
      const { worker } = before;
      const { pollCount, stealCount, parkCount, busyMs } = worker;
      const sample = {
        polls: pollCount - before.polls,
        steals: stealCount - before.steals,
        parks: parkCount - before.parks,
        depth: worker.queueDepth,
        isParked: worker.parkUnparkCount % 2 === 1,
        busyMs: busyMs - before.busyMs,
      };
      before.polls = pollCount;
      before.steals = stealCount;
      before.parks = parkCount;
      before.busyMs = busyMs;
      return sample;
    });
  }
}

/** Adds up samples, until they are taken as rates. */
export class Rates {
  readonly #sums: Record<"polls" | "steals" | "parks" | "busyMs", number>[] = [];
  #elapsedMs = 0;

  add(samples: readonly WorkerSample[], elapsedMs: number): void {
    this.#elapsedMs += elapsedMs;
    for (const [index, { polls, steals, parks, busyMs }] of samples.entries()) {
      this.#sums[index] ??= { polls: 0, steals: 0, parks: 0, busyMs: 0 };
      const sum = this.#sums[index];
      sum.polls += polls;
      sum.steals += steals;
      sum.parks += parks;
      sum.busyMs += busyMs;
    }
  }

  /** What each worker has done a second since this was last called. */
  take() {
    const seconds = Math.max(this.#elapsedMs, 1) / 1000;
    this.#elapsedMs = 0;
    return this.#sums.splice(0).map(({ polls, steals, parks, busyMs }) => ({
      polls: polls / seconds,
      steals: steals / seconds,
      parks: parks / seconds,
      busy: Math.min(1, busyMs / 1000 / seconds),
    }));
  }
}
