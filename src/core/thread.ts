/**
 * One thread's hold on a runtime: its instance of the core, its views of the shared memory, and
 * the table from tokens to what the host must go on with.
 *
 * @module
 */

import {
  RUNTIME_SHUTDOWN,
  WAITER_STATE,
  WORKER_BUDGET,
  WORKER_BYTES_READ,
  WORKER_BYTES_WRITTEN,
  WORKER_FORCED_YIELDS,
  WORKER_RANDOM,
  WORKER_READS,
  WORKER_WRITES,
} from "../../assembly/shared/layout.ts";
import { BUDGET_PER_POLL } from "../../assembly/shared/limits.ts";
import { SHUTDOWN_FORCED, WAITER_FIRED } from "../../assembly/shared/verdicts.ts";
import type { JoinError } from "../error/join-error.ts";
import type { Encoded } from "../task/encoded.ts";
import type { HistogramConfig } from "../worker/histogram.ts";
import type { Clock } from "./clock.ts";
import { type Context, context } from "./context.ts";
import type { CoreExports } from "./exports.ts";
import { shownBy } from "./inspect.ts";
import type { CoreMemory, GuestCalls } from "./load.ts";

/** What a token stands for. */
export interface Continuation {
  /** Goes on, for a REASON_* of the core. */
  resume(reason: number): void;
  /** What the promise code belongs to that it goes on with, if there is any. */
  readonly context?: Context | undefined;
  /** Does it wait for something? Asked of a whole batch before the first of it goes on. */
  readonly isWaiting?: boolean;
  /** The runtime shuts down: a task ends at its next wait. */
  cancel?(): void;
  /** The runtime has shut down: nothing will come any more. */
  abandon?(): void;
}

/** Where the driver of a thread hears that there is something to do. */
export interface Driver {
  /** Makes sure that a turn comes soon. Cheap, and harmless when one is under way. */
  kick(): void;
  /** Calls `body` after the event loop has had its turn. */
  defer(body: () => void): void;
  /**
   * Turns the thread inside of what it is doing, and sleeps right there, until `isDone`.
   *
   * @throws {UnsupportedError} Where threads may not sleep.
   */
  turnUntil(isDone: () => boolean): void;
  /** Takes one turn inside of what the thread is doing. It does not sleep. */
  turnOnce(): void;
  /** Plans the next sleep anew: the clock was stopped, or goes on from another time. */
  retime(): void;
}

/** What watches this thread's sockets. */
export interface Reactor {
  readonly name: "linux" | "std";
  /** How many sockets it watches. */
  readonly sockets: number;
  /** Takes what is ready, sleeping for it up to `timeoutMs` (0: not at all). */
  poll(timeoutMs: number): void;
  /** May this thread sleep in `poll`? Otherwise the event loop serves the sockets. */
  readonly canSleep: boolean;
  /** Has the thread woken through its park word when there is news, until the next `poll`. */
  watch(): void;
  /** The epoll instance in which `poll` sleeps; -1 if that is none. */
  readonly pollFd: number;
  close(): void;
}

/** What watches the sockets of guests, for all threads of a runtime, as one of these sees it. */
export interface SharedReactor {
  /** Makes this thread the only one that may poll. False if there is another. */
  tryTake(): boolean;
  /** Is it this thread? */
  readonly isTaken: boolean;
  /** Lets others, if it was this thread. */
  leave(): void;
  /** Waits for news, up to `timeoutMs` (0: not at all). */
  wait(timeoutMs: number): void;
  /** Wakes the tasks that the news are for. The thread must not count as asleep. */
  deliver(): void;
  /** Has this thread woken through its park word when there is news, once. */
  watch(): void;
  /** Has news wake whoever sleeps in another epoll instance, that of a thread's own sockets. */
  nestIn(pollFd: number): void;
}

/** The system's futex, on words of the shared memory. */
export interface Futex {
  /** Sleeps while the word at `address` holds `expected`, for `timeoutMs` at most. */
  wait(address: number, expected: number, timeoutMs: number): void;
  /** Wakes who sleeps on the word at `address`. */
  wake(address: number): void;
}

/** What a thread knows of its runtime, whatever room asks. */
export interface RuntimeIdentity {
  readonly id: number;
  readonly name: string | undefined;
  /** How the program was called: other threads have arguments of their own. */
  readonly argv: readonly string[];
  readonly ioEnabled: boolean;
  readonly timeEnabled: boolean;
  readonly maxIoEventsPerTick: number;
  /** What is measured of polls, if anything. */
  readonly pollTime: HistogramConfig | undefined;
  readonly scheduleLatency: HistogramConfig | undefined;
}

/** What runs portable tasks on a thread, and knows how what they carry is written. */
export interface Runner {
  /** Starts the task whose header the core has handed over. */
  start(task: number): void;
  /** Gives up what is in an ended task whose joiner is dead, and frees it. */
  bury(task: number): void;
  /** Writes down what was thrown. Whoever gets it must release the block, or hand it on. */
  encodePanic(reason: unknown): Encoded;
  /** Reads what another thread has written. The block stays the caller's. */
  decode(value: Encoded): unknown;
}

/** Functions that guests import. */
export interface GuestImports {
  readonly [module: string]: Readonly<Record<string, unknown>>;
}

/** What a thread does for guests. */
export interface GuestHost {
  /** What guests import besides the core's functions, by module. */
  readonly imports: GuestImports;
  /** What the core asks for on their behalf. */
  readonly calls: GuestCalls;
  /** Makes this thread's instances of all guests that it does not know yet. Cheap if it does. */
  install(): void;
  /** Calls the function that a guest asks for. */
  takeCall(sender: number): void;
  /** Ends the task of which `core.turn` has thrown. False if it was the core that failed. */
  endTrapped(error: unknown): boolean;
  /** The reactor of guests' sockets, once there are any and this thread has to do with them. */
  openReactor(): SharedReactor | undefined;
}

/** Who is told of the tasks of this thread, if anybody. */
export interface TaskHooks {
  readonly onTaskSpawn?: ((task: { id: number; name: string | undefined }) => void) | undefined;
  readonly onTaskTerminate?: ((task: { id: number; name: string | undefined }) => void) | undefined;
}

export class Thread {
  static {
    // Promises that a task makes carry it, and show it.
    shownBy(Thread, ({ identity, index }) => ({ runtime: identity.id, index }));
  }

  readonly core: CoreExports;
  readonly memory: CoreMemory;
  /** Can there be other threads? */
  readonly sharesMemory: boolean;
  /** The whole memory: it never grows, so the views stay valid. */
  readonly bytes: Uint8Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** For numbers that stand anywhere. */
  readonly view: DataView;
  /** Addresses of the runtime's header and of this thread's worker struct. */
  readonly runtime: number;
  readonly worker: number;
  readonly index: number;
  readonly identity: RuntimeIdentity;
  readonly clock: Clock;
  /** Milliseconds on the clock that all threads of the runtime share, until it is paused. */
  readonly now: () => number;
  /** When that clock began, on the platform's: what makes instants of two runtimes comparable. */
  readonly origin: number;
  /** Set by the room that turns this thread, before any task runs. */
  driver: Driver = {
    kick() {},
    defer: (body) => body(),
    turnUntil() {},
    turnOnce() {},
    retime() {},
  };
  taskHooks: TaskHooks | undefined;
  /** Opened with the first socket. */
  reactor: Reactor | undefined;
  /** Opened once a guest of the runtime has sockets. */
  guestReactor: SharedReactor | undefined;
  /** Set where the system has one that can be called: on all threads, or on none. */
  futex: Futex | undefined;
  /** Called before work is queued for other threads: they may not have been started yet. */
  wantThreads: () => void = () => {};
  /** Told of a block of shared memory that this thread keeps for good: its burial releases it. */
  keepBlock: (block: number) => void = () => {};
  /** Set with the first portable task that this thread spawns, or once it may be handed one. */
  runner: Runner | undefined;
  /** Set with the first guest that this thread loads, or once it may run the tasks of one. */
  guests: GuestHost | undefined;
  /** Where a failure goes that nobody joins. Set by the runtime. */
  report: (error: JoinError) => void = (error) => console.error(error);
  readonly continuations = new Continuations();

  /** The record of the newest guest that this thread has an instance of, or 0. */
  newestGuest = 0;

  /** Set once nothing turns this thread any more. */
  isClosed = false;

  /** Where these are, in words. */
  readonly #budget: number;
  readonly #random: number;

  constructor(parts: {
    core: CoreExports;
    memory: CoreMemory;
    worker: number;
    index: number;
    identity: RuntimeIdentity;
    clock: Clock;
    origin: number;
  }) {
    this.core = parts.core;
    this.memory = parts.memory;
    this.sharesMemory = !(parts.memory.buffer instanceof ArrayBuffer);
    this.bytes = new Uint8Array(parts.memory.buffer);
    this.u32 = new Uint32Array(parts.memory.buffer);
    this.i32 = new Int32Array(parts.memory.buffer);
    this.f64 = new Float64Array(parts.memory.buffer);
    this.view = new DataView(parts.memory.buffer);
    this.runtime = parts.core.runtimeAddress();
    this.worker = parts.worker;
    this.index = parts.index;
    this.identity = parts.identity;
    this.clock = parts.clock;
    this.now = parts.clock.now;
    this.origin = parts.origin;
    this.#budget = (parts.worker + WORKER_BUDGET) >> 2;
    this.#random = (parts.worker + WORKER_RANDOM) >> 2;
  }

  /** True once the runtime refuses new tasks. */
  get isShutDown(): boolean {
    return this.u32[(this.runtime + RUNTIME_SHUTDOWN) >> 2] !== 0;
  }

  /** True once tasks that still clean up have had their time. */
  get isForcedToEnd(): boolean {
    return this.u32[(this.runtime + RUNTIME_SHUTDOWN) >> 2] === SHUTDOWN_FORCED;
  }

  /** True if the wait that `waiter` stands for has ended. */
  hasFired(waiter: number): boolean {
    return this.u32[(waiter + WAITER_STATE) >> 2] === WAITER_FIRED;
  }

  /** Units of cooperation left in the present poll. */
  get budget(): number {
    return this.i32[this.#budget] as number;
  }
  set budget(units: number) {
    this.i32[this.#budget] = units;
  }

  /**
   * Takes a unit of cooperation for an operation that is about to complete. When none is left the
   * operation must stay pending: `waker` is called after the event loop has had its turn.
   */
  takeBudget(waker: { defer(): void }): boolean {
    if (this.spendBudget()) return true;
    this.putOff(waker);
    return false;
  }

  /** Has `waker` called after the event loop has had its turn: there is no budget left. */
  putOff(waker: { defer(): void }): void {
    // For whoever polls from another runtime, no turn of this one comes to renew it.
    if (context().thread !== this) this.refillBudget();
    waker.defer();
  }

  /** As `takeBudget`, for who has the waker called itself. */
  spendBudget(): boolean {
    const left = this.i32[this.#budget] as number;
    if (left <= 0) return false;
    this.i32[this.#budget] = left - 1;
    if (left === 1) this.count(WORKER_FORCED_YIELDS, 1);
    return true;
  }

  /** A number from 0 to `bound` - 1, of the sequence that the runtime's seed gives this thread. */
  random(bound: number): number {
    let seed = this.i32[this.#random] as number;
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    this.i32[this.#random] = seed;
    return Math.floor(((seed >>> 0) / 2 ** 32) * bound);
  }

  /** Counts a read that brought bytes. */
  countRead(bytes: number): void {
    this.count(WORKER_READS, 1);
    this.count(WORKER_BYTES_READ, bytes);
  }

  /** Counts a write that took bytes. */
  countWrite(bytes: number): void {
    this.count(WORKER_WRITES, 1);
    this.count(WORKER_BYTES_WRITTEN, bytes);
  }

  /** Adds to a counter of this worker, as the core does. */
  count(field: number, by: number): void {
    const counter = (this.worker + field) >> 3;
    this.f64[counter] = (this.f64[counter] as number) + by;
  }

  /** Gives a new poll its full budget, or several that run together theirs. */
  refillBudget(polls = 1): void {
    this.i32[this.#budget] = BUDGET_PER_POLL * Math.max(1, polls);
  }
}

/** A dense table from tokens to continuations; freed tokens are used again. */
export class Continuations {
  /** A free place holds the token of the next free one. */
  readonly #places: (Continuation | number)[] = [];
  #firstFree = -1;
  #live = 0;
  /** The tokens in use of those for whom no process stays. */
  readonly #background = new Set<number>();
  /**
   * Given back, but not yet free: the batch that is being delivered may still name them, and what
   * it says is not meant for whoever would come next.
   */
  readonly #retired: number[] = [];

  /** How many tokens are in use that keep the process alive. */
  get size(): number {
    return this.#live;
  }

  add(continuation: Continuation): number {
    const token = this.reserve();
    this.#places[token] = continuation;
    return token;
  }

  /** As {@linkcode add}, for one that waits for as long as there is somebody else. */
  addBackground(continuation: Continuation): number {
    const token = this.add(continuation);
    this.#background.add(token);
    this.#live -= 1;
    return token;
  }

  /** A token that stands for nothing until {@linkcode set}. */
  reserve(): number {
    this.#live += 1;
    const token = this.#firstFree;
    if (token < 0) return this.#places.push(-1) - 1;
    this.#firstFree = this.#places[token] as number;
    return token;
  }

  set(token: number, continuation: Continuation): void {
    this.#places[token] = continuation;
  }

  remove(token: number): void {
    if (this.#background.size === 0 || !this.#background.delete(token)) this.#live -= 1;
    this.#places[token] = -1;
    this.#retired.push(token);
  }

  /** Frees the tokens that were given back. For the driver, between two batches. */
  recycle(): void {
    const retired = this.#retired;
    for (let token = retired.pop(); token !== undefined; token = retired.pop()) {
      this.#places[token] = this.#firstFree;
      this.#firstFree = token;
    }
  }

  /** What `token` stands for; undefined for news that came too late. */
  get(token: number): Continuation | undefined {
    const found = this.#places[token];
    return typeof found === "object" ? found : undefined;
  }

  /** Everything that waits now. For shutdown and for looking on. */
  *[Symbol.iterator](): Iterator<Continuation> {
    for (const place of [...this.#places]) if (typeof place === "object") yield place;
  }
}
