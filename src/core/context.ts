/**
 * Which runtime, and which task, the running code belongs to.
 *
 * A generator task runs synchronously, so a variable tells. An async function goes on in
 * microtasks that nobody announces: the platform's async context carries it there.
 *
 * *Where there is no async context*, as in browsers, the microtasks of one macrotask belong to
 * whatever it went on with. So drivers go on in each with promise code of one task only, or of no
 * task in one runtime, and what an `await` of ours leads to is known. After a promise of somebody
 * else's it is not, nor in what a function leaves behind that has ended.
 *
 * @module
 */

import type { Thread } from "./thread.ts";

/** What running code belongs to. A task is one; so is the inside of `runtime.run`. */
export interface Context {
  readonly thread: Thread;
  /** The task, if it is one. */
  readonly task: CurrentTask | undefined;
  /** Task-local values, innermost first. A spawned task begins without. */
  readonly locals?: LocalValue | undefined;
}

/** The value of a task-local key within one scope. */
export interface LocalValue {
  readonly key: object;
  readonly value: unknown;
  readonly outer: LocalValue | undefined;
}

/** What lower rooms may know of the running task. */
export interface CurrentTask extends Context {
  /** A number that no other task of this process has. */
  readonly id: number;
  readonly name: string | undefined;
  /** Is its thread lent to it, to be blocked as it likes? */
  readonly mayBlock?: boolean;
  /** An operation that the task waits for: aborting the task gives it up. */
  adopt(operation: Abortable): void;
  disown(operation: Abortable): void;
  /**
   * Was it aborted, and will it hear of that in a moment? Then its waits take nothing any more from
   * the core, which gives to others what they leave.
   */
  readonly isAborting?: boolean;
  /** Was the task aborted while it waited for nothing of ours? Then its next wait fails. */
  readonly mustStop?: boolean;
  /** True once if {@linkcode mustStop}. */
  takeAbort(): boolean;
}

/** An operation that can be ended from outside. */
export interface Abortable {
  /** Links between the operations of one task. Owned by the task. */
  nextOperation: Abortable | undefined;
  previousOperation: Abortable | undefined;
  abort(): void;
}

/** What the platform has for carrying a value through promises. */
export interface ContextStore {
  getStore(): Context | undefined;
  run<R>(context: Context, body: () => R): R;
  /** The context that a promise was made in. To be asked while its rejection is being reported. */
  contextOf(promise: Promise<unknown>): Context | undefined;
  /** Keeps what user code carries through promises by itself, for a task that runs later. */
  snapshot(): ContextSnapshot;
}

export interface ContextSnapshot {
  /**
   * Runs `body` with the user's own as they were. The context is no part of that: set it within,
   * for the platform may restore everything, the lack of a context included.
   */
  run<R>(body: () => R): R;
}

let store: ContextStore | undefined;
/** Has the platform none? */
let lacksStore = false;
/** Set while a generator task takes a synchronous step. */
let running: Context | undefined;
/** Without a store: what the microtasks of this macrotask belong to. */
let carried: Context | undefined;
/** A driver's macrotask that has gone on with no promise code so far: it may be anybody's. */
let isOpen = false;
/** What a driver's macrotask has gone on with; undefined as well if that is not one context. */
let owner: Context | undefined;
/** Runtimes made ambient by `enter`, innermost last. */
const entered: Context[] = [];
let fallback: (() => Context) | undefined;

/** Tells the way contexts travel on this platform. Called once, when the host is loaded. */
export function setContextStore(platformStore: ContextStore | undefined): void {
  store = platformStore;
  lacksStore = platformStore === undefined;
}

/** Tells what code outside every runtime belongs to. Called once by the default runtime. */
export function setFallbackContext(make: () => Context): void {
  fallback = make;
}

/** The context of the running code, or undefined outside every runtime. */
export function tryContext(): Context | undefined {
  // Looking at entry -1 of an empty list would cost more than all the rest.
  return (
    running ??
    store?.getStore() ??
    carriedHere() ??
    (entered.length > 0 ? entered.at(-1) : undefined)
  );
}

/**
 * The context of the running code; outside every runtime, the default runtime's.
 *
 * @throws {Error} If there is none and the default runtime is not part of this program.
 */
export function context(): Context {
  const found = tryContext() ?? fallback?.();
  if (found === undefined) throw new Error("Cannot find runtime: none is running or entered");
  return found;
}

/** What user code carries at the moment; undefined where the platform does not tell. */
export function snapshotContext(): ContextSnapshot | undefined {
  return store?.snapshot();
}

/** Runs `body` inside `inner`; promises that it makes stay inside. */
export function runInside<R>(inner: Context, body: () => R): R {
  const outer = running;
  // A generator task may be taking a step around this; it is not what `body` belongs to.
  running = store === undefined ? inner : undefined;
  carryContext(inner);
  try {
    return store === undefined ? body() : store.run(inner, body);
  } finally {
    running = outer;
  }
}

/** Does promise code keep its context only if nothing else goes on in the same macrotask? */
export function needsOwnMacrotask(): boolean {
  return lacksStore;
}

/** May promise code that waits `here` have what is there at once, without a wait? */
export function mayTakeNow(here: Context): boolean {
  return !lacksStore && here.task?.mustStop !== true;
}

/** May promise code of `inner` go on here and now, and keep its context? */
export function mayGoOn(inner: Context): boolean {
  if (!lacksStore || isOpen) return true;
  if (owner === undefined) return false;
  const { thread, task, locals } = owner;
  return (
    owner === inner || (thread === inner.thread && task === inner.task && locals === inner.locals)
  );
}

/** Without a store: may promise code of anybody go on in this macrotask? */
export function isMacrotaskOpen(): boolean {
  return lacksStore && isOpen;
}

/** Has promise code that is about to go on belong to `inner`, where no store sees to that. */
export function carryContext(inner: Context): void {
  // What has gone on before in this macrotask carries it already.
  if (!lacksStore || owner === inner) return;
  owner = mayGoOn(inner) ? inner : undefined;
  isOpen = false;
  // Not at once: the calling code goes on, too, and belongs where it did.
  void SETTLED.then(() => {
    carried = inner;
    inner.thread.driver.kick(); // Its next macrotask forgets this.
  });
}

/** *Why not `queueMicrotask`*: browsers take several times as long to call what that is given. */
const SETTLED = Promise.resolve();

/**
 * The code of `inner` has ended, and waits for nothing: others may go on behind it. Microtasks that
 * it has begun all the same come before theirs, and are its own.
 */
export function endCarrying(inner: Context): void {
  if (owner !== inner) return;
  owner = undefined;
  isOpen = true;
}

function carriedHere(): Context | undefined {
  return carried?.thread.isClosed ? undefined : carried;
}

/** A driver's macrotask begins, in which nothing has gone on yet. */
export function beginMacrotask(): void {
  carried = undefined;
  owner = undefined;
  isOpen = true;
}

/** The driver has done its part of the macrotask: what comes now may be anybody's. */
export function endDriving(): void {
  isOpen = false;
}

/** Marks the synchronous step of a generator task; returns what to restore afterwards. */
export function beginStep(inner: Context | undefined): Context | undefined {
  const outer = running;
  running = inner;
  return outer;
}

/** Makes `inner` ambient for synchronous code until {@linkcode leaveContext}. */
export function enterContext(inner: Context): void {
  entered.push(inner);
}

/** Undoes the innermost {@linkcode enterContext}. False if that was not `inner`'s. */
export function leaveContext(inner: Context): boolean {
  if (entered[entered.length - 1] !== inner) return false;
  entered.pop();
  return true;
}
