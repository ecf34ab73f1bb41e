/**
 * A thread whose clock is moved by hand: timers fire when the test says so.
 *
 * @module
 */
import { WAITER_SIZE, WAITER_STATE, WAITER_TARGET } from "../../assembly/shared/layout.ts";
import { BUDGET_PER_POLL } from "../../assembly/shared/limits.ts";
import { WAITER_ARMED, WAITER_FIRED, WAITER_FREE } from "../../assembly/shared/verdicts.ts";
import { Clock } from "../../src/core/clock.ts";
import { enterContext, leaveContext } from "../../src/core/context.ts";
import type { CoreExports } from "../../src/core/exports.ts";
import type { CoreMemory } from "../../src/core/load.ts";
import { Thread } from "../../src/core/thread.ts";
import type { Future } from "../../src/future/future.ts";
import { PENDING, type Pending, type Waker } from "../../src/future/waker.ts";

const MEMORY_BYTES = 1 << 20;
const FIRST_WAITER = 65_536;

export class FakeThread extends Thread {
  /** What the clock says. */
  time = 1000;
  kicks = 0;
  /** Targets that were told, oldest first. */
  readonly told: number[] = [];
  memoryIsFull = false;
  /** The deadlines of all timers that the core holds, started or fired. */
  readonly deadlines = new Map<number, number>();
  readonly context = { thread: this as Thread, task: undefined };

  constructor(identity: { timeEnabled?: boolean } = {}) {
    const core: Partial<CoreExports> = { runtimeAddress: () => 0 };
    super({
      core: core as CoreExports,
      memory: { buffer: new ArrayBuffer(MEMORY_BYTES) } as CoreMemory,
      worker: 1024,
      index: 0,
      identity: { timeEnabled: true, ...identity } as Thread["identity"],
      clock: new Clock(() => this.time),
      origin: 500,
    });
    this.driver = { ...this.driver, kick: () => (this.kicks += 1) };
    this.budget = BUDGET_PER_POLL;
    Object.assign(core, this.#timers());
    enterContext(this.context);
  }

  /** How many timers the core holds. */
  get waiters(): number {
    return this.deadlines.size;
  }

  /** Moves the clock and fires what has become due. */
  advance(ms: number): void {
    this.time += ms;
    for (const [waiter, deadline] of this.deadlines) {
      const isDue = Math.ceil(deadline) <= Math.floor(this.time);
      if (!isDue || this.#field(waiter, WAITER_STATE) !== WAITER_ARMED) continue;
      this.#set(waiter, WAITER_STATE, WAITER_FIRED);
      const target = this.#field(waiter, WAITER_TARGET);
      if (target !== 0) this.told.push(target);
    }
  }

  leave(): void {
    leaveContext(this.context);
  }

  #timers(): Partial<CoreExports> {
    let next = FIRST_WAITER;
    const arm = (deadline: number, target: number) => {
      if (this.memoryIsFull) return 0;
      const waiter = next;
      next += WAITER_SIZE;
      this.deadlines.set(waiter, deadline);
      this.#set(waiter, WAITER_STATE, WAITER_ARMED);
      this.#set(waiter, WAITER_TARGET, target);
      return waiter;
    };
    const drop = (waiter: number) => {
      if (!this.deadlines.delete(waiter)) throw new Error(`Waiter ${waiter} is dropped twice`);
      this.#set(waiter, WAITER_STATE, WAITER_FREE);
    };
    return {
      timerArm: arm,
      timerReset: (waiter, deadline, target) => {
        drop(waiter);
        return arm(deadline, target);
      },
      waiterDrop: drop,
    };
  }

  #field(waiter: number, offset: number): number {
    return this.u32[(waiter + offset) >> 2] as number;
  }

  #set(waiter: number, offset: number, value: number): void {
    this.u32[(waiter + offset) >> 2] = value;
  }
}

/** A waker that counts. */
export class FakeWaker implements Waker {
  wakes = 0;
  deferrals = 0;
  readonly #target: number;

  constructor(target = 7) {
    this.#target = target;
  }

  targetOn(): number {
    return this.#target;
  }

  wake(): void {
    this.wakes += 1;
  }

  defer(): void {
    this.deferrals += 1;
  }
}

/** What a poll answers, with `pending` as a word that test output can show. */
export function poll<T>(future: Future<T>, waker: Waker = new FakeWaker()): T | "pending" {
  const answer: T | Pending = future.poll(waker);
  return answer === PENDING ? "pending" : answer;
}
