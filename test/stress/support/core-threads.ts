/**
 * Runs scenarios of a fixture, `core-thread` or `sync-thread`, on real threads over one memory.
 *
 * @module
 */
import { Worker } from "node:worker_threads";
import * as layout from "../../../assembly/shared/layout.ts";
import * as limits from "../../../assembly/shared/limits.ts";
import * as verdicts from "../../../assembly/shared/verdicts.ts";
import type { World } from "../../assembly/support/probe.ts";

/** How long each test keeps trying. */
export const SECONDS = Number(process.env.TOKIWA_STRESS_SECONDS ?? 2);

/** A seed to print, or the one to repeat. */
export function newSeed(): number {
  const seed = Number(process.env.TOKIWA_SEED ?? Date.now() & 0x7fff_ffff);
  console.log(`TOKIWA_SEED=${seed}`);
  return seed;
}

/** Calls `round` with one seed after the other until the time is over. */
export async function forSeconds(round: (seed: number) => Promise<void>): Promise<void> {
  const first = newSeed();
  const end = performance.now() + SECONDS * 1000;
  for (let seed = first; seed === first || performance.now() < end; seed++) {
    try {
      await round(seed);
    } catch (error) {
      throw new Error(`TOKIWA_SEED=${seed}`, { cause: error });
    }
  }
}

export interface ThreadPlan {
  readonly scenario: string;
  readonly index: number;
}

interface Message {
  readonly attached?: boolean;
  readonly done?: boolean;
  readonly error?: string;
}

/** Threads that have attached and wait for `go`. */
export class CoreThreads {
  /** Starts the thread of a plan once more. */
  #begin: (plan: ThreadPlan) => Promise<void> = async () => {};
  /** By their index in the runtime. */
  readonly #workers: Worker[] = [];
  readonly #ends: Promise<void>[] = [];

  static async start(
    world: World,
    plans: readonly ThreadPlan[],
    seed: number,
    parts: object,
    fixture = "core-thread",
  ): Promise<CoreThreads> {
    const threads = new CoreThreads();
    const file = new URL(`../fixtures/${fixture}.mjs`, import.meta.url);
    threads.#begin = (plan) => threads.#start(file, world, plan, seed, parts);
    await Promise.all(plans.map(threads.#begin));
    return threads;
  }

  #start(file: URL, world: World, plan: ThreadPlan, seed: number, parts: object): Promise<void> {
    const { module, memory } = world;
    const worker = new Worker(file, {
      workerData: {
        module,
        memory,
        ...plan,
        kind: verdicts.THREAD_WORKER,
        seed,
        layout: { ...layout, ...limits, ...verdicts },
        parts,
      },
    });
    this.#workers[plan.index] = worker;
    return new Promise((attached, broken) => {
      this.#ends.push(
        new Promise((done, failed) => {
          const fail = (error: unknown) => {
            broken(error);
            failed(error);
          };
          worker.on("error", fail);
          worker.on("exit", () => done()); // Who is killed has nothing more to say.
          worker.on("message", (message: Message) => {
            if (message.attached) attached();
            else if (message.done) done();
            else fail(new Error(message.error));
          });
        }),
      );
      // Whoever fails first speaks for all.
      this.#ends.at(-1)?.catch(() => {});
    });
  }

  /** Kills a thread wherever it is, has it buried, and lets another one take its place. */
  async replace(plan: ThreadPlan, bury: () => void): Promise<void> {
    await this.#workers[plan.index]?.terminate();
    bury();
    await this.#begin(plan);
    this.#workers[plan.index]?.postMessage("go");
  }

  /** Lets all begin; resolves once all are through, with `meanwhile` done in between. */
  async run(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    for (const worker of this.#workers) worker.postMessage("go");
    try {
      await Promise.all([meanwhile(), ...this.#ends]);
      await Promise.all(this.#ends); // Others may have begun meanwhile.
    } finally {
      await Promise.all(this.#workers.map((worker) => worker.terminate()));
    }
  }
}

/** Looks every millisecond until `isDone`; fails after `timeoutMs`. */
export async function until(isDone: () => boolean, what: string, timeoutMs = 10_000) {
  const end = performance.now() + timeoutMs;
  while (!isDone()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((wait) => setTimeout(wait, 1));
  }
}
