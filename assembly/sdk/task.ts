/** Tasks: plain functions that wait without blocking a thread, and that any worker goes on with. */
import {
  ENTRY_BOUND,
  ENTRY_F64,
  ENTRY_I32,
  ENTRY_I64,
  ENTRY_NONE,
  ENTRY_RESULT,
  JOIN_ELAPSED,
  JOIN_NO_MEMORY,
  JOIN_REFUSED,
  OUTCOME_CANCELLED,
  OUTCOME_VALUE,
} from "../shared/verdicts";
import { __table_base } from "./env";
import { luggage } from "./handle";
import { invoke2, invoke3, invokeWithBlock } from "./invoke";
import * as core from "./tokiwa";
import { outputOf, pack, pack2, pack3, toBits } from "./values";

/**
 * Starts `fn(argument)` as a task of its own. Whichever worker is free runs it.
 *
 * The argument and the value are copied: numbers, strings, `ArrayBuffer`s, arrays of numbers, or
 * objects whose fields are numbers. A handle is not copied: it moves to the new task. What the task
 * allocates is freed as it ends.
 */
export function spawn<A, R = void>(fn: (argument: A) => R, argument: nonnull<A>): JoinHandle<R> {
  return spawnAs<A, R>(fn, argument, 0);
}

/** As `spawn`, of a task that is aborted as the one that spawns it ends with its handle. */
export function spawnBound<A, R = void>(
  fn: (argument: A) => R,
  argument: nonnull<A>,
): JoinHandle<R> {
  return spawnAs<A, R>(fn, argument, ENTRY_BOUND);
}

function spawnAs<A, R>(fn: (argument: A) => R, argument: nonnull<A>, bond: u32): JoinHandle<R> {
  const handles = luggage<A>(argument, 0);
  // The core calls what has to do with integers, handles and doubles alone.
  const isDirect =
    !(isManaged<A>() || (isFloat<A>() && sizeof<A>() == 4)) &&
    (isVoid<R>() || isInteger<R>() || (isFloat<R>() && sizeof<R>() == 8));
  if (isDirect) {
    const shape = entryOf<A>() + ENTRY_RESULT * entryOf<R>() + bond;
    const number = toBits<A>(argument);
    return started<R>(core.guestSpawn(__table_base + fn.index, shape, number, 0, handles), 0);
  }
  const entry = (): void => {
    invokeWithBlock<A, R>(changetype<(argument: A) => R>(<usize>core.guestArgument()));
  };
  return startWith<R>(entry.index, changetype<usize>(fn), pack<A>(argument), handles, bond);
}

/** The same with two arguments. */
export function spawn2<A, B, R = void>(fn: (a: A, b: B) => R, a: A, b: B): JoinHandle<R> {
  const entry = (): void => {
    invoke2<A, B, R>(changetype<(a: A, b: B) => R>(<usize>core.guestArgument()));
  };
  const handles = luggage<A>(a, luggage<B>(b, 0));
  return startWith<R>(entry.index, changetype<usize>(fn), pack2<A, B>(a, b), handles);
}

/** The same with three arguments. */
export function spawn3<A, B, C, R = void>(
  fn: (a: A, b: B, c: C) => R,
  a: A,
  b: B,
  c: C,
): JoinHandle<R> {
  const entry = (): void => {
    invoke3<A, B, C, R>(changetype<(a: A, b: B, c: C) => R>(<usize>core.guestArgument()));
  };
  const handles = luggage<A>(a, luggage<B>(b, luggage<C>(c, 0)));
  return startWith<R>(entry.index, changetype<usize>(fn), pack3<A, B, C>(a, b, c), handles);
}

/** Starts a function that takes its arguments out of a block, and what to call with them. */
function startWith<R>(
  entry: u32,
  fn: usize,
  block: usize,
  handles: usize,
  bond: u32 = 0,
): JoinHandle<R> {
  const place = __table_base + entry;
  return started<R>(core.guestSpawn(place, ENTRY_NONE + bond, <u64>fn, block, handles), block);
}

function started<R>(task: usize, block: usize): JoinHandle<R> {
  if (task == 0) {
    if (block != 0) core.guestHeapRelease(block);
    throw new Error("Cannot spawn: the memory is full");
  }
  return changetype<JoinHandle<R>>(task);
}

/**
 * The right to a spawned task's value, for the task that spawned it.
 *
 * It is used up by `join` and `detach`, and traps if it is used again. One that is dropped lets its
 * task run on, and is given up as its owner ends.
 */
@unmanaged
export class JoinHandle<R> {
  /** Waits until the task has ended. If it did not return, traps of what it did: {@link wait}. */
  join(): R {
    const task = changetype<usize>(this);
    if (outcomeOf(task, Infinity) != OUTCOME_VALUE) core.guestThrowFailure(task);
    if (isVoid<R>()) {
      core.guestLeave(task);
      return;
    }
    const value = outputOf<R>(task);
    core.guestLeave(task);
    return value;
  }

  /** Waits until the task has ended. True if it has returned, so that `join` will not trap. */
  wait(): bool {
    return outcomeOf(changetype<usize>(this), Infinity) == OUTCOME_VALUE;
  }

  /** Waits until the task has ended, or until a moment of `now()`. True if it has ended. */
  waitUntil(deadlineMs: f64): bool {
    return outcomeOf(changetype<usize>(this), deadlineMs) != JOIN_ELAPSED;
  }

  /** Waits until the task has ended. True if that is so because it was aborted. */
  get isCancelled(): bool {
    return outcomeOf(changetype<usize>(this), Infinity) == OUTCOME_CANCELLED;
  }

  /** Asks the task to end at its next wait, or at once if it waits. */
  abort(): void {
    if (!core.guestAbort(changetype<usize>(this))) refuseJoin();
  }

  /** A way to abort the task for anybody, and for as long as they like. */
  abortHandle(): AbortHandle {
    const task = changetype<usize>(this);
    const id = this.id;
    return new AbortHandle(<u32>core.guestTask(task), core.guestGeneration(task), id);
  }

  /** What the host and its metrics call the task. */
  get id(): u64 {
    const id = core.guestId(changetype<usize>(this));
    if (id == 0) refuseJoin();
    return <u64>id;
  }

  /** Has the task ended, in whatever way? */
  get isFinished(): bool {
    const verdict = core.guestIsFinished(changetype<usize>(this));
    if (verdict == JOIN_REFUSED) refuseJoin();
    return verdict != 0;
  }

  /**
   * Gives up the handle: the task runs on, and nobody gets its value. Should it fail, the runtime
   * reports that, as it does for a task that nobody waits for: see its option `onUnhandledPanic`.
   */
  detach(): void {
    if (!core.guestLeave(changetype<usize>(this))) refuseJoin();
  }
}

/** What a task has come to by the time that is waited for. */
function outcomeOf(task: usize, deadlineMs: f64): u32 {
  const outcome = core.guestJoin(task, deadlineMs);
  if (outcome == JOIN_REFUSED) refuseJoin();
  if (outcome == JOIN_NO_MEMORY) throw new Error("Cannot join: the memory is full");
  return outcome;
}

/** Traps: the handle is not good. */
export function refuseJoin(): void {
  throw new Error("Cannot use join handle: the task was joined or detached, or is not this one's");
}

/**
 * The right to abort a task. It is a value, made of numbers: it may be copied, sent and kept beyond
 * the end of the task, and is not given up.
 */
@final
export class AbortHandle {
  constructor(
    private task: u32,
    private generation: u32,
    /** What the host and its metrics call the task. */
    readonly id: u64,
  ) {}

  /** Asks the task to end at its next wait, or at once if it waits. */
  abort(): void {
    core.guestAbortById(this.task, this.generation);
  }

  /** Has the task ended, in whatever way? */
  get isFinished(): bool {
    return core.guestIsFinishedById(this.task, this.generation);
  }
}

/** Goes to the back of the line: every other task that is ready runs first. */
export function yieldNow(): void {
  core.guestYield();
}

/** Takes a unit of this poll's budget; yields when it is spent. For long loops without waits. */
export function consumeBudget(): void {
  core.guestConsumeBudget();
}

function entryOf<T>(): u32 {
  if (isVoid<T>()) return ENTRY_NONE;
  if (isFloat<T>()) return ENTRY_F64;
  return sizeof<T>() == 8 ? ENTRY_I64 : ENTRY_I32;
}
