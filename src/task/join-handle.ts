/**
 * The handle of a spawned task: to wait for its value, and to abort it.
 *
 * Each kind of task extends it, so that a task and its handle are one object: there may be a
 * million of them.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import type { Thread } from "../core/thread.ts";
import { checkMade } from "../error/check.ts";
import { JoinError, type JoinErrorKind } from "../error/join-error.ts";
import { Future } from "../future/future.ts";
import { PENDING, type Pending, type Waker } from "../future/waker.ts";

/** Who waits for a task: mostly nobody or one. */
type Joiners = Waker | Waker[] | undefined;

/** Aborts a task; cannot wait for it. */
export class AbortHandle {
  readonly #task: JoinHandle<unknown>;

  /** @internal */
  constructor(task: JoinHandle<unknown>) {
    this.#task = checkMade("AbortHandle", task, "JoinHandle.abortHandle");
  }

  /** The task's number. */
  get id(): number {
    return this.#task.id;
  }

  /** The name that the task was spawned with. */
  get name(): string | undefined {
    return this.#task.name;
  }

  /** Has the task ended? */
  get isFinished(): boolean {
    return this.#task.isFinished;
  }

  /** Asks the task to end; see {@linkcode JoinHandle.abort}. */
  abort(): void {
    this.#task.abort();
  }
}

/**
 * What `spawn` returns. Await it for the task's value; drop it and the task runs on.
 *
 * It may be awaited more than once, and by several tasks.
 *
 * @example Waiting for a value
 * ```ts
 * const handle = spawn(async () => 6 * 7);
 * console.log(await handle); // 42
 * ```
 */
export abstract class JoinHandle<T> extends Future<T> {
  static {
    shownBy(JoinHandle, ({ id, name, isFinished }) => ({ id, name, isFinished }));
  }

  /** The task's number: no other task of the runtime has it. */
  readonly id: number;
  /** The name that the task was spawned with. It takes room only in tasks that have one. */
  declare readonly name: string | undefined;
  /** @internal */
  readonly thread: Thread;
  /**
   * Watched: somebody is going to hear of a failure. Held: it has failed, and whoever watches has
   * not heard so far. Unheard: nobody has, and it will be reported.
   */
  #state: "running" | "watched" | "ended" | "failed" | "held" | "unheard" = "running";
  /**
   * While the task runs, its {@linkcode Joiners}. Then the value, or the {@linkcode JoinError}. One
   * field, because there may be a million sleeping tasks.
   */
  #joinersOrResult: unknown;

  /** @internal */
  constructor(thread: Thread, id: number, name: string | undefined) {
    super();
    this.thread = checkMade("JoinHandle", thread, "spawn");
    this.id = id;
    if (name !== undefined) this.name = name;
    thread.taskHooks?.onTaskSpawn?.({ id, name });
  }

  /** Has the task ended, so that `await` would answer at once? */
  get isFinished(): boolean {
    return this.#state !== "running" && this.#state !== "watched";
  }

  /**
   * Asks the task to end at its next wait, where its `finally` and `using` run. Returns before it
   * has: await the handle to know. No effect on a task that has ended.
   *
   * A task that is running now, and ends without waiting again, still returns its value.
   */
  abstract abort(): void;

  /** A handle that can abort the task, to be given to somebody else. */
  abortHandle(): AbortHandle {
    return new AbortHandle(this);
  }

  /** Lets the task run on with nobody waiting: should it fail, that is not reported either. */
  detach(): void {
    this.watch();
    this[Symbol.dispose]();
  }

  /**
   * The task's value.
   *
   * **Cancel safety.** Giving up the wait leaves the task running; wait again later.
   *
   * @throws {JoinError} If the task threw, was aborted, or lost its worker.
   */
  override poll(waker: Waker): T | Pending {
    if (!this.isFinished) {
      waker.checkReach?.(this.thread);
      this.#joinersOrResult = withJoiner(this.#joinersOrResult as Joiners, waker);
      return PENDING;
    }
    // The budget is that of whoever waits, which may be another runtime's.
    return context().thread.takeBudget(waker) ? this.output() : PENDING;
  }

  /** @internal */
  override oneWait(): Future<T> {
    return new Joining(this);
  }

  /** Gives up waiting. The task runs on: dropping a handle detaches the task. */
  override [Symbol.dispose](): void {
    if (this.isFinished) return;
    const joiners = this.#joinersOrResult as Joiners;
    if (!Array.isArray(joiners)) this.#joinersOrResult = undefined;
    else {
      // Of several who wait through this handle it cannot tell which one gives up, so all stay.
      const polling = joiners.filter((joiner) => !standsByItself(joiner));
      if (polling.length === 1) this.leave(polling[0] as Waker);
    }
  }

  /**
   * The value of a task that has ended. Throws the JoinError of one that failed.
   *
   * @internal
   */
  output(): T {
    if (this.#state === "ended") return this.#joinersOrResult as T;
    this.#state = "failed";
    throw this.#joinersOrResult;
  }

  /**
   * Says that failures are somebody's business: they are not reported as unhandled.
   *
   * @internal
   */
  watch(): void {
    if (this.#state === "running") this.#state = "watched";
    else if (this.#state === "unheard") this.#state = "held";
  }

  /**
   * Undoes {@linkcode watch}: a failure that nobody has heard of is reported, late as it may be.
   *
   * @internal
   */
  unwatch(): void {
    if (this.#state === "watched") this.#state = "running";
    else if (this.#state === "held") JoinHandle.#reportLater(this);
  }

  /**
   * Puts `waker` in line for as long as the task runs, whoever else gives up waiting.
   *
   * @internal
   */
  join(waker: Waker): void {
    const joiners = this.#joinersOrResult as Joiners;
    if (Array.isArray(joiners)) joiners.push(waker);
    else this.#joinersOrResult = joiners === undefined ? [waker] : [joiners, waker];
  }

  /**
   * Takes out of the line who was put there by {@linkcode join}.
   *
   * @internal
   */
  leave(waker: Waker): void {
    if (this.isFinished) return;
    const rest = (this.#joinersOrResult as Waker[]).filter((joiner) => joiner !== waker);
    this.#joinersOrResult = rest.length > 0 ? rest : undefined;
  }

  /** @internal */
  protected succeed(value: T): void {
    const joiners = this.#joinersOrResult as Joiners;
    this.#state = "ended";
    this.#joinersOrResult = value;
    tellOfEnd(this, joiners);
  }

  /** @internal */
  protected fail(kind: JoinErrorKind, cause?: unknown): void {
    const { id, name } = this;
    const joiners = this.#joinersOrResult as Joiners;
    const isWatched = this.#state === "watched";
    this.#joinersOrResult = new JoinError({ kind, taskId: id, taskName: name, cause });
    // Whoever stands in line is told, though perhaps not before it has its budget again.
    const isHeard = kind === "cancelled" || (hearsAny(joiners) && !isWatched);
    this.#state = isHeard ? "failed" : "held";
    tellOfEnd(this, joiners);
    if (this.#state === "held" && !isWatched) JoinHandle.#reportLater(this);
  }

  // *Why nothing private but fields and what is static*: a class with private methods adds a word
  // to each of its objects.

  /** Whoever is going to join has until the event loop's next turn to do so, as with promises. */
  static #reportLater(handle: JoinHandle<unknown>): void {
    handle.#state = "unheard";
    handle.thread.driver.defer(() => {
      if (handle.#state !== "unheard") return;
      handle.#state = "failed";
      handle.thread.report(handle.#joinersOrResult as JoinError);
    });
  }
}

/** Hears that a task has ended, and not of what became of it; for {@linkcode JoinHandle.join}. */
export class EndObserver implements Waker {
  readonly wake: () => void;

  constructor(onEnd: () => void) {
    this.wake = onEnd;
  }

  targetOn(): number {
    return 0;
  }

  /** Never asked: an observer joins, and does not poll. */
  defer(): void {}
}

/** One wait of perhaps several for a task, which can be given up by itself. */
class Joining<T> extends Future<T> implements Waker {
  readonly #task: JoinHandle<T>;
  /** Who asked last; set while it stands in line. */
  #waker: Waker | undefined;

  constructor(task: JoinHandle<T>) {
    super();
    this.#task = task;
  }

  override poll(waker: Waker): T | Pending {
    if (this.#task.isFinished) return this.#task.poll(waker);
    waker.checkReach?.(this.#task.thread);
    if (this.#waker === undefined) this.#task.join(this);
    this.#waker = waker;
    return PENDING;
  }

  override [Symbol.dispose](): void {
    if (this.#waker !== undefined) this.#task.leave(this);
    this.#waker = undefined;
  }

  targetOn(): number {
    return 0;
  }

  wake(): void {
    this.#waker?.wake();
  }

  /** Never asked: it joins, and does not poll. */
  defer(): void {}
}

/** Was it put in line by {@linkcode JoinHandle.join}, and leaves it by itself? */
function standsByItself(joiner: Waker): boolean {
  return joiner instanceof EndObserver || joiner instanceof Joining;
}

/** Is there anybody who hears what became of the task? */
function hearsAny(joiners: Joiners): boolean {
  if (!Array.isArray(joiners)) return joiners !== undefined;
  return joiners.some((joiner) => !(joiner instanceof EndObserver));
}

function withJoiner(joiners: Joiners, waker: Waker): Joiners {
  if (joiners === undefined || joiners === waker) return waker;
  if (!Array.isArray(joiners)) return [joiners, waker];
  if (!joiners.includes(waker)) joiners.push(waker);
  return joiners;
}

function tellOfEnd({ thread, id, name }: JoinHandle<unknown>, joiners: Joiners): void {
  thread.taskHooks?.onTaskTerminate?.({ id, name });
  if (joiners === undefined) return;
  if (!Array.isArray(joiners)) {
    joiners.wake();
    return;
  }
  for (const joiner of joiners) joiner.wake();
}
