/**
 * A runtime of two workers, of which one is mortal. Its threads share a memory, and run one at a
 * time: so a step of the mortal one may throw, which is what a kill looks like to the others.
 *
 * Guests are lists of steps, each a call of the core. One that has to wait leaves the stack, and is
 * called again: as with asyncify, but that there are no frames.
 *
 * @module
 */
import {
  FRAMES_END,
  FRAMES_WAIT,
  RUNTIME_BREAK,
  RUNTIME_FIRST_WORKER,
  RUNTIME_FRAMES_MAX,
  STAKE_PRIMITIVE,
  TASK_BEGUN,
  TASK_GENERATION,
  TASK_OUTCOME,
  WORKER_DEPARTING,
  WORKER_ENDED,
  WORKER_FRAMES,
  WORKER_GUEST_WAITS,
  WORKER_MESSAGE,
  WORKER_PRIMITIVES_LIVE,
  WORKER_READY,
  WORKER_READY_COUNT,
  WORKER_SIZE,
  WORKER_SPAWNED,
  WORKER_STAKES,
  WORKER_STAKES_LIVE,
} from "../../../assembly/shared/layout.ts";
import {
  BEGUN,
  ENTRY_NONE,
  KIND_PINNED,
  OUTCOME_VALUE,
  REASON_JOIN,
  REASON_START,
  THREAD_HOME,
  THREAD_WORKER,
  TURN_IDLE,
  TURN_READY,
} from "../../../assembly/shared/verdicts.ts";
import { Countdown, instrumented } from "./kill-points.ts";
import { freeSlots } from "./slots.ts";

// biome-ignore lint/suspicious/noExplicitAny: its functions take numbers, and bigints for u64.
export type Core = Readonly<Record<string, any>>;

/** What a task of a guest does. It may be called again; `kept` is the same each time. */
export type Step = (core: Core, kept: Record<string, number>) => unknown;

/** A guest's handle is not good, as that of a task is whose spawner died too early. */
class Refusal extends Error {}

function refuseHandle(): never {
  throw new Refusal();
}

/** Whose thread is which. */
export const MORTAL = 0;
export const OTHER = 1;
export const HOME = 2;
const THREADS = [MORTAL, OTHER, HOME];

/** The target of a wait that calls a token. */
export const token = (number: number): number => number * 2 + 1;

const PAGES = 64;
const FRAMES_ROOM = 2000;
const UNWINDING = 1;
/** Turns without anything to do, one after the other, that tell of rest. */
const IDLE_TURNS = 3;

const core = instrumented();
/** A function that calls another one: so that one of ours stands in a table. */
const trampoline = new WebAssembly.Module(
  Uint8Array.of(
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 101, 1, 102, 0, 0],
    ...[3, 2, 1, 0, 7, 5, 1, 1, 103, 0, 1, 10, 6, 1, 4, 0, 16, 0, 11],
  ),
);

export class MortalRuntime {
  readonly countdown = new Countdown();
  /** The core of each thread. */
  readonly cores: Core[] = [];
  /** What turns have handed to their hosts: to which thread, the value, and the reason. */
  readonly heard: (readonly [thread: number, value: number, reason: number])[] = [];
  /** How the guests' tasks ended that home has spawned. */
  readonly outcomes: number[] = [];
  now = 1000;
  readonly #memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  readonly #u32 = new Uint32Array(this.#memory.buffer);
  readonly #u64 = new BigUint64Array(this.#memory.buffer);
  readonly #f64 = new Float64Array(this.#memory.buffer);
  readonly #guests: {
    readonly steps: readonly Step[];
    at: number;
    kept: Record<string, number>;
  }[] = [];
  readonly #runtime: number;
  /** The place of guests' function in the table of each core. */
  #entry = 0;

  constructor() {
    const first = this.#instantiate();
    if (!first.boot(HOME, THREADS.length, 0, 0)) throw new Error("Cannot boot: no room");
    this.#runtime = first.runtimeAddress();
    this.write(this.#runtime + RUNTIME_FRAMES_MAX, FRAMES_ROOM);
    for (const index of THREADS) this.attach(index, index === HOME ? first : undefined);
    for (const index of THREADS) this.#warm(index);
  }

  read = (address: number): number => this.#u32[address >> 2] as number;
  write(address: number, value: number): void {
    this.#u32[address >> 2] = value;
  }
  worker = (index: number): number =>
    this.read(this.#runtime + RUNTIME_FIRST_WORKER) + index * WORKER_SIZE;
  writeLong(address: number, value: bigint): void {
    this.#u64[address >> 3] = value;
  }
  clear(address: number, bytes: number): void {
    new Uint8Array(this.#memory.buffer).fill(0, address, address + bytes);
  }
  /** Memory that is nobody's. */
  reserve(bytes: number): number {
    return this.cores[HOME]?.allocate(bytes);
  }
  generationOf = (task: number): number => this.read(task + TASK_GENERATION);
  /** The lists of stakes of a thread's JavaScript: what it has, and what it sends off next. */
  owner = (index: number): number => this.worker(index) + WORKER_STAKES;
  departing = (index: number): number => this.worker(index) + WORKER_DEPARTING;
  primitiveOf = (stake: number): number => this.read(stake + STAKE_PRIMITIVE);

  attach(index: number, made = this.#instantiate()): void {
    made.attach(index, index === HOME ? THREAD_HOME : THREAD_WORKER, 1 + index);
    this.cores[index] = made;
  }

  /** The place of what guests' tasks begin with. */
  get entry(): number {
    return this.#entry;
  }

  /** What a guest's task does, as the number that it is spawned with. */
  guest(...steps: Step[]): bigint {
    return BigInt(this.#guests.push({ steps, at: 0, kept: {} }) - 1);
  }

  /** Has the JavaScript of a thread spawn a guest's task. */
  spawn(guest: bigint, index = HOME): number {
    this.writeLong(this.worker(index) + WORKER_MESSAGE, guest);
    return this.cores[index]?.spawnGuest(this.#entry, ENTRY_NONE, 0, 0, 7);
  }

  /** Says, as hosts do, that a portable task has begun. */
  markBegun(task: number): void {
    new Uint8Array(this.#memory.buffer)[task + TASK_BEGUN] = BEGUN;
  }

  /** Has the running guest spawn a child, perhaps with ENTRY_BOUND. */
  spawnChild(by: Core, guest: bigint, luggage = 0, shape = ENTRY_NONE): number {
    return by.guestSpawn(this.#entry, shape, guest, 0, luggage);
  }

  /** Gives a guest's task something to know. */
  tell(guest: bigint, known: Record<string, number>): void {
    Object.assign(this.#guests[Number(guest)]?.kept ?? {}, known);
  }

  /** Takes one turn of a thread. True if there was something to do. */
  turn(index: number): boolean {
    const worker = this.worker(index);
    const found = this.cores[index]?.turn(this.now, true);
    if (found !== TURN_READY) return found !== TURN_IDLE;
    for (let entry = 0; entry < this.read(worker + WORKER_READY_COUNT); entry++) {
      const value = this.read(worker + WORKER_READY + entry * 8);
      const reason = this.read(worker + WORKER_READY + entry * 8 + 4);
      this.heard.push([index, value, reason]);
      if (reason === REASON_JOIN) this.#join(index, value);
      if (reason === REASON_START)
        this.cores[index]?.finishPortable(value, OUTCOME_VALUE, 0, 0, 0, 0);
    }
    return true;
  }

  /** Has threads take turns until there is nothing left to do. */
  settle(threads: readonly number[] = THREADS): void {
    for (let idle = 0; idle < IDLE_TURNS; idle++) {
      for (const index of threads) if (this.turn(index)) idle = 0;
    }
  }

  /** The mortal thread is dead: it is buried, and another one takes its place. */
  bury(): void {
    this.cores[HOME]?.workerLost(MORTAL, 0, 0, 0, 0);
    this.attach(MORTAL);
  }

  /** How often a thread has heard of this token. */
  timesHeard(index: number, number: number): number {
    return this.heard.filter(([thread, value]) => thread === index && value === number).length;
  }

  /** Has every thread's JavaScript give up all that it has. */
  dropAll(): void {
    for (const index of THREADS) this.cores[index]?.stakeDropAll(this.owner(index));
    this.settle();
  }

  /** What has been begun and has not ended. */
  living(): Record<"tasks" | "waits" | "stakes" | "primitives", number> {
    const sum = (of: (worker: number) => number) =>
      THREADS.reduce((total, index) => total + of(this.worker(index)), 0) | 0;
    const long = (address: number) => this.#f64[address >> 3] as number;
    return {
      tasks: sum((worker) => long(worker + WORKER_SPAWNED) - long(worker + WORKER_ENDED)),
      waits: sum((worker) => this.read(worker + WORKER_GUEST_WAITS)),
      stakes: sum((worker) => this.read(worker + WORKER_STAKES_LIVE)),
      primitives: sum((worker) => this.read(worker + WORKER_PRIMITIVES_LIVE)),
    };
  }

  freeSlots(): Map<string, number> {
    return freeSlots(this.read, this.#runtime, THREADS.map(this.worker));
  }

  /** How much of the memory has been divided. */
  divided(): number {
    return this.read(this.#runtime + RUNTIME_BREAK);
  }

  #join(index: number, task: number): void {
    this.outcomes.push(new Uint8Array(this.#memory.buffer)[task + TASK_OUTCOME] as number);
    this.cores[index]?.consumeJoin(task);
  }

  /** Gives a thread some of everything: so that nothing is carved later on. */
  #warm(index: number): void {
    const thread = this.cores[index] as Core;
    const room = thread.allocate(FRAMES_ROOM);
    this.write(room + FRAMES_END, room + FRAMES_ROOM);
    this.write(room + FRAMES_WAIT, 0);
    this.write(this.worker(index) + WORKER_FRAMES, room);
    for (let bytes = 8; bytes < 512; bytes *= 2) {
      const blocks = [1, 2, 3].map(() => thread.allocate(bytes - 1));
      for (const block of blocks) thread.release(block);
    }
    const semaphore = thread.semaphoreCreate(1, 8, this.owner(index));
    thread.stakeDrop(thread.semaphoreTryAcquire(this.primitiveOf(semaphore), 1, this.owner(index)));
    thread.stakeDrop(semaphore);
    thread.waiterDrop(thread.timerArm(1e9, token(1)));
    const task = thread.spawnPortable(KIND_PINNED, index, 0, 0, 0, 0, 0, 7);
    thread.abortTask(task, this.generationOf(task));
    this.settle([index]);
    this.outcomes.length = 0;
    this.heard.length = 0;
  }

  #instantiate(): Core {
    const asked = WebAssembly.Module.imports(core).filter(({ module }) => module === "host");
    const host = Object.fromEntries(asked.map(({ name }) => [name, () => 0]));
    const abort = (message: number, file: number, line: number) => {
      const text = message === 0 ? "assert" : this.#textAt(message);
      throw new Error(`${text} at ${this.#textAt(file)}:${line}`);
    };
    const { exports } = new WebAssembly.Instance(core, {
      env: { memory: this.#memory, abort },
      host: { ...host, refuseHandle, now: () => this.now, step: this.countdown.step },
    });
    const made = exports as Core;
    const { g } = new WebAssembly.Instance(trampoline, { e: { f: () => this.#run(made) } }).exports;
    this.#entry = made.table.grow(1, g);
    return made;
  }

  /** Goes on with the guest's task that runs on a core. A step that the core refuses is over. */
  #run(by: Core): void {
    const guest = this.#guests[Number(by.guestArgument())];
    // Ends with the list, or where the task waits.
    while (guest !== undefined && guest.at < guest.steps.length) {
      try {
        guest.steps[guest.at]?.(by, guest.kept);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
      if (by.asyncifyState.value === UNWINDING) return;
      guest.at += 1;
    }
  }

  #textAt(address: number): string {
    const units = this.read(address - 4) >> 1;
    return String.fromCharCode(...new Uint16Array(this.#memory.buffer, address, units));
  }
}
