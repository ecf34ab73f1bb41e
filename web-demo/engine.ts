/** The runtime that the page shows, and the tasks that it runs. */

import { codec, type GuestTask, mpsc, Runtime, Semaphore, spawn, watch } from "tokiwa";
import type { State } from "./state.ts";

/** More tasks than anybody may wish for. */
const PLACES = 20_000;
const CHANNELS = 3;
export const CHANNEL_CAPACITY = 24;
const MEMORY_BYTES = 128 * 1024 * 1024;

/** Without shared memory, the page's own thread has to do all the work. */
export const isShared = globalThis.crossOriginIsolated === true;

interface Crowd {
  readonly keep: GuestTask<[watch.Receiver<Wishes>, Semaphore, number, number], void>;
}

interface Pipeline {
  readonly produce: GuestTask<[mpsc.Sender<number>, Semaphore], void>;
  readonly stage: GuestTask<[mpsc.Receiver<number>, mpsc.Sender<number>], void>;
  readonly drain: GuestTask<[mpsc.Receiver<number>, watch.Receiver<number>, Semaphore], void>;
}

/** Has the same fields as that of the guest. */
const wishes = codec.struct({ tasks: codec.f64, imbalance: codec.f64 });
type Wishes = (typeof wishes)["message"];

export interface Mandelbrot {
  readonly tile: GuestTask<[Float64Array], Uint8Array>;
}

/** How full the channels are, and what went in and out. */
export interface Flow {
  readonly depths: readonly number[];
  /** Messages ever. */
  readonly sent: number;
  readonly received: number;
}

export class Engine {
  readonly runtime: Runtime;
  readonly mandelbrot: Mandelbrot;
  readonly #wishes: watch.Sender<Wishes>;
  readonly #pace: watch.Sender<number>;
  readonly #senders: readonly mpsc.Sender<number>[];
  readonly #sent: Semaphore;
  readonly #received: Semaphore;

  private constructor(
    runtime: Runtime,
    guests: { crowd: Crowd; pipeline: Pipeline; mandelbrot: Mandelbrot },
    state: State,
  ) {
    const channels = Array.from({ length: CHANNELS }, () => {
      return mpsc.channel(CHANNEL_CAPACITY, codec.i32);
    });
    this.runtime = runtime;
    this.mandelbrot = guests.mandelbrot;
    this.#wishes = watch.channel(wishesOf(state), wishes).sender;
    this.#pace = watch.channel(state.drain, codec.f64).sender;
    this.#senders = channels.map(({ sender }) => sender);
    this.#sent = new Semaphore(0);
    this.#received = new Semaphore(0);
    this.#startCrowd(guests.crowd);
    this.#startPipeline(
      guests.pipeline,
      channels.map(({ receiver }) => receiver),
    );
  }

  /** Makes a runtime with as many workers as the state says, and starts its tasks. */
  static async start(state: State): Promise<Engine> {
    const workerThreads = state.mode === "one" ? 1 : state.workers;
    const options = { name: "demo", maxMemory: MEMORY_BYTES };
    const runtime = await Runtime.create(isShared ? { ...options, workerThreads } : options);
    const load = <T extends object>(name: string) =>
      runtime.load<T>(new URL(`./${name}.wasm`, import.meta.url));
    const [crowd, pipeline, mandelbrot] = await Promise.all([
      load<Crowd>("crowd"),
      load<Pipeline>("pipeline"),
      load<Mandelbrot>("mandelbrot"),
    ]);
    return runtime.run(() => new Engine(runtime, { crowd, pipeline, mandelbrot }, state));
  }

  /** Takes up what can change while the tasks run. */
  apply(state: State): void {
    this.#wishes.sendReplace(wishesOf(state));
    this.#pace.sendReplace(state.drain);
  }

  get flow(): Flow {
    return {
      depths: this.#senders.map(({ capacity }) => CHANNEL_CAPACITY - capacity),
      sent: this.#sent.availablePermits,
      received: this.#received.availablePermits,
    };
  }

  /** Ends the runtime with all that runs in it. */
  async stop(): Promise<void> {
    await this.runtime.shutdown({ timeout: 1000 });
  }

  #startCrowd({ keep }: Crowd): void {
    const places = new Semaphore(PLACES);
    const sources = this.runtime.metrics.workers;
    for (let index = 0; index < sources; index++) {
      spawn(keep, this.#wishes.subscribe(), places, index, sources);
    }
  }

  #startPipeline(tasks: Pipeline, receivers: readonly mpsc.Receiver<number>[]): void {
    const [first, second, third] = this.#senders.map((sender) => sender.clone());
    const [from, then, last] = receivers;
    if (!first || !second || !third || !from || !then || !last) return;
    spawn(tasks.produce, first, this.#sent);
    spawn(tasks.stage, from, second);
    spawn(tasks.stage, then, third);
    spawn(tasks.drain, last, this.#pace.subscribe(), this.#received);
  }
}

function wishesOf({ tasks, imbalance }: State): Wishes {
  return { tasks, imbalance: imbalance / 100 };
}
