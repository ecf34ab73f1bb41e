/**
 * The threads of a runtime: starting them, hearing of their end, replacing the lost.
 *
 * @module
 */

import {
  INJECTOR_LENGTH,
  RUNTIME_BLOCKING,
  RUNTIME_FIRST_WORKER,
  WORKER_SIZE,
  WORKER_THREAD_ID,
} from "../../assembly/shared/layout.ts";
import { THREAD_BLOCKING, THREAD_WORKER } from "../../assembly/shared/verdicts.ts";
import type { Thread } from "../core/thread.ts";
import { isAttached, takeBlockingWanted } from "../core/words.ts";
import { JoinError } from "../error/join-error.ts";
import { closeOrphans } from "../net/orphans.ts";
import { openFutex, replayEvents } from "../net/reactor.ts";
import type { Platform, ThreadEvents, ThreadHandle, WebWorker } from "../platform/platform.ts";
import { type Encoded, NOTHING } from "../task/encoded.ts";
import type { FromThread, ThreadBirth } from "../worker/protocol.ts";

/** How often in a row a worker may die before it takes a task. */
const STILLBIRTHS_MAX = 3;

/** What the room needs of the runtime around it. */
export interface ThreadsOptions {
  readonly workers: number;
  readonly maxBlocking: number;
  readonly name: (index: number) => string;
  readonly startWorker: (() => WebWorker) | undefined;
  /** What all threads are given; the rest is each one's own. */
  readonly birth: Omit<ThreadBirth, "index" | "kind" | "usesFutex">;
  onStart(index: number): void;
  onStop(index: number): void;
  onLost(index: number, cause: unknown): void;
  onUnhandled(error: JoinError): void;
  /** Threads cannot be started: what is queued will never run. */
  onHopeless(error: Error): void;
}

interface LiveThread {
  readonly handle: ThreadHandle;
  readonly kind: number;
  /** Shared memory that it releases itself, unless it is lost. */
  readonly blocks: number[];
  isReady: boolean;
  hasEnded: boolean;
  /** What it said that it dies of. */
  lastWords: unknown;
}

export class Threads {
  readonly #platform: Platform;
  readonly #home: Thread;
  readonly #options: ThreadsOptions;
  /** By index of the worker struct. */
  readonly #live = new Map<number, LiveThread>();
  #hasStarted = false;
  #isStopping = false;
  #stillbirths = 0;
  #waiters: { settle: () => void; isDone: () => boolean; fail: (reason: unknown) => void }[] = [];

  constructor(platform: Platform, home: Thread, options: ThreadsOptions) {
    this.#platform = platform;
    this.#home = home;
    this.#options = options;
  }

  get blockingThreads(): number {
    return [...this.#live.values()].filter((thread) => thread.kind === THREAD_BLOCKING).length;
  }

  /** True while there is any thread to hear of. */
  get areThere(): boolean {
    return this.#live.size > 0;
  }

  /** Starts the workers, once. */
  startWorkers(): void {
    if (this.#hasStarted || this.#isStopping) return;
    for (let index = 0; index < this.#options.workers; index++) this.#start(index, THREAD_WORKER);
    // Not if that has failed: then whoever needs them next is told as well.
    this.#hasStarted = true;
  }

  /** Resolves once every worker takes tasks. */
  ready(): Promise<void> {
    return this.#until(() => [...this.#live.values()].every((thread) => thread.isReady));
  }

  /** Starts blocking threads for jobs that found none idle. */
  startBlocking(): void {
    if (this.#isStopping) return; // What has not begun is cancelled.
    let wanted = takeBlockingWanted(this.#home);
    const first = this.#options.workers + 1;
    const last = this.#options.workers + this.#options.maxBlocking;
    for (let index = first; index <= last && wanted > 0; index++) {
      if (this.#live.has(index)) continue;
      this.#start(index, THREAD_BLOCKING);
      wanted -= 1;
    }
  }

  /** Hears of the threads' news without the event loop. */
  listen(): void {
    for (const { handle } of [...this.#live.values()]) handle.listen();
  }

  /** No thread is replaced from here on. Resolves once all have ended. */
  stop(): Promise<void> {
    this.#isStopping = true;
    return this.#until(() => this.#live.size === 0);
  }

  /** Ends the threads that are still there. */
  async terminate(): Promise<void> {
    const ended = [...this.#live.values()].map(({ handle }) => handle.terminate());
    // A thread in a system call hears of it afterwards.
    for (const index of this.#live.keys()) this.#home.core.unpark(index);
    await Promise.all(ended);
    await this.#until(() => this.#live.size === 0);
  }

  #start(index: number, kind: number): void {
    const home = this.#home;
    home.futex ??= openFutex(home.memory); // Before the first thread, which sleeps in it.
    const usesFutex = home.futex !== undefined;
    const data: ThreadBirth = { ...this.#options.birth, index, kind, usesFutex };
    const events: ThreadEvents = {
      onMessage: (message) => this.#onMessage(index, message as FromThread),
      onExit: (error) => this.#onExit(index, error),
    };
    const { name, startWorker } = this.#options;
    const handle = this.#platform.spawnThread(name(index), data, events, startWorker);
    this.#live.set(index, {
      handle,
      kind,
      blocks: [],
      isReady: false,
      hasEnded: false,
      lastWords: undefined,
    });
  }

  #onMessage(index: number, message: FromThread): void {
    const thread = this.#live.get(index);
    if (thread === undefined) return;
    if (message.type === "ready") {
      thread.isReady = true;
      const word = (this.#workerAt(index) + WORKER_THREAD_ID) >> 2;
      this.#home.u32[word] = thread.handle.id;
      this.#options.onStart(index);
      this.#settle();
    } else if (message.type === "ended") thread.hasEnded = true;
    else if (message.type === "keeps") thread.blocks.push(message.block);
    else if (message.type === "dies") thread.lastWords = this.#take(message.cause);
    else {
      const { kind, taskId, taskName } = message;
      const cause = this.#take(message.cause);
      this.#options.onUnhandled(new JoinError({ kind, taskId, taskName, cause }));
    }
  }

  /** Reads a value that another thread has encoded. */
  #take(encoded: Encoded): unknown {
    const value = this.#home.runner?.decode(encoded);
    if (encoded.block !== 0) this.#home.core.release(encoded.block);
    return value;
  }

  #onExit(index: number, error: unknown): void {
    const thread = this.#live.get(index);
    this.#live.delete(index);
    if (thread === undefined) return;
    if (thread.hasEnded) this.#seeOff(index, thread);
    else {
      const cause = error ?? thread.lastWords ?? new Error("its thread has ended");
      this.#bury(index, thread, cause);
    }
    if (thread.isReady) this.#options.onStop(index);
    this.#settle();
  }

  /** Cleans up after a thread that ended well. */
  #seeOff(index: number, thread: LiveThread): void {
    // A job that came while the thread was ending may have found every place taken.
    if (!this.#isStopping && this.#hasBlockingWork()) this.#start(index, thread.kind);
  }

  /** Cleans up after a thread that was lost, and replaces it. */
  #bury(index: number, thread: LiveThread, cause: unknown): void {
    const home = this.#home;
    const worker = this.#workerAt(index);
    if (isAttached(home, worker)) {
      closeOrphans(home, index, worker);
      for (const block of thread.blocks) home.core.release(block);
      // Without portable tasks, nobody asks what the worker was lost of.
      const { kind, block, size, number } = home.runner?.encodePanic(cause) ?? NOTHING;
      home.core.workerLost(index, kind, block, size, number);
      replayEvents(home, index);
      if (block !== 0) home.core.release(block);
    }
    home.driver.kick();
    if (this.#isStopping) return;
    this.#options.onLost(index, cause);
    this.#stillbirths = thread.isReady ? 0 : this.#stillbirths + 1;
    if (this.#stillbirths >= STILLBIRTHS_MAX) this.#giveUp(cause);
    else if (thread.kind === THREAD_WORKER || this.#hasBlockingWork())
      this.#start(index, thread.kind);
  }

  #workerAt(index: number): number {
    const { runtime, u32 } = this.#home;
    return (u32[(runtime + RUNTIME_FIRST_WORKER) >> 2] as number) + index * WORKER_SIZE;
  }

  #hasBlockingWork(): boolean {
    const { runtime, u32 } = this.#home;
    return u32[(runtime + RUNTIME_BLOCKING + INJECTOR_LENGTH) >> 2] !== 0;
  }

  /** Threads die before they take a task: starting more of them would go on for ever. */
  #giveUp(cause: unknown): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = new Error(`Cannot start worker: it died three times: ${reason}`, { cause });
    for (const waiter of waiters) waiter.fail(error);
    if (waiters.length === 0) this.#options.onHopeless(error);
  }

  #until(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((settle, fail) => this.#waiters.push({ settle, isDone, fail }));
  }

  #settle(): void {
    const done = this.#waiters.filter((waiter) => waiter.isDone());
    this.#waiters = this.#waiters.filter((waiter) => !done.includes(waiter));
    for (const waiter of done) waiter.settle();
  }
}
