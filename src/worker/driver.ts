/**
 * Turns a thread: takes what the core has made ready, goes on with it, and puts the thread to
 * sleep when there is nothing left.
 *
 * It runs as a macrotask, so that it can let all microtasks run between two tasks. While the event
 * loop has nothing of anybody else's to do, it does not go back to it: it sleeps right here.
 *
 * @module
 */

import {
  WORKER_NEXT_DEADLINE,
  WORKER_NODE_NOW,
  WORKER_READY_COUNT,
} from "../../assembly/shared/layout.ts";
import {
  PARK_FUTEX,
  PARK_LOOP,
  PARK_REACTOR,
  PARK_WAIT,
  THREAD_HOME,
  TURN_IDLE,
  TURN_MORE,
  TURN_READY,
} from "../../assembly/shared/verdicts.ts";
import { beginMacrotask, endDriving, isMacrotaskOpen } from "../core/context.ts";
import { LoopSleep } from "../core/sleep.ts";
import type { Driver, Thread } from "../core/thread.ts";
import { UnsupportedError } from "../error/unsupported.ts";
import type { EventLoop, Platform } from "../platform/platform.ts";
import { IoDriver } from "./io-driver.ts";
import { NAP_MAX_MS, Napper } from "./nap.ts";
import type { PollObserver } from "./observer.ts";
import { ReadyBatch } from "./ready-batch.ts";
import { Spinner } from "./spinner.ts";

/** No sleep outside the event loop is longer, should a wake ever be lost. */
const SLEEP_MAX_MS = 1000;

/**
 * How long the event loop may go without a visit, in milliseconds: it has things to do that do not
 * count as work, such as timers that were unref'd. A guess; a visit costs a microsecond.
 */
const LOOP_INTERVAL_MS = 20;

/** How long a signal may wait for the main thread, in milliseconds. */
const SHORT_SLEEP_MS = 5;

/** How often to see whether blocking jobs, for which a paused clock waits, have ended. */
const JOBS_LOOK_MS = 1;

/** What the driver is told about its thread. */
export interface DriverOptions {
  readonly kind: number;
  /** Polls between two looks at the sockets and the event loop, while busy. */
  readonly eventInterval: number;
  /** Sees every poll, if anybody wants to. */
  readonly observer?: PollObserver | undefined;
  /** The longest sleep, for a thread that has something to see to after it. */
  readonly sleepMax?: number | undefined;
  readonly onPark?: (() => void) | undefined;
  readonly onUnpark?: (() => void) | undefined;
  /** Called after every turn: work of the thread's kind that is not the scheduler's. */
  afterTurn?(): void;
  /** Is nothing under way on the thread that its event loop may have news for? */
  isVacant?(): boolean;
  /** Called when the thread has nothing to do. It may stop the driver. */
  onIdle?(): void;
  /** True while there are threads whose news, such as their end, come through the event loop. */
  hasThreads?(): boolean;
  /** Asked while the clock is paused: does anybody work elsewhere, and needs time for it? */
  hasJobs?(): boolean;
  /** Called instead of visits of the event loop that are due and cannot be made. */
  onLoopMissed?(): void;
}

export class ThreadDriver implements Driver {
  readonly #thread: Thread;
  readonly #platform: Platform;
  readonly #loop: EventLoop;
  readonly #options: DriverOptions;
  readonly #io: IoDriver;
  readonly #batch: ReadyBatch;
  readonly #sleep: LoopSleep;
  readonly #spinner: Spinner;
  readonly #napper = new Napper();
  #state: "idle" | "scheduled" | "running" | "parked" | "stopped" = "idle";
  /** The deadline that the event loop's timer is set for. */
  #timerAt = Infinity;
  /** When the event loop must be visited, whether or not it has work. */
  #loopDueAt = 0;
  /** Polls since the sockets and the event loop were last looked at. */
  #polls = 0;
  /** The verdict of a turn right after a sleep, until it is seen to. */
  #woken: number | undefined;
  /** The hook before a sleep was called, and the one after it was not. */
  #isAnnounced = false;
  /** Something has gone on whose microtasks run only once the event loop has its turn. */
  #owesMicrotasks = false;
  /** While the clock is paused: the event loop had its turn since anybody was last seen to. */
  #hasVisitedLoop = false;

  constructor(thread: Thread, platform: Platform, options: DriverOptions) {
    this.#thread = thread;
    this.#platform = platform;
    this.#loop = platform.openLoop();
    this.#options = options;
    this.#io = new IoDriver(thread);
    this.#batch = new ReadyBatch(thread, this.#loop, options.observer);
    this.#sleep = new LoopSleep(thread, () => this.#wakeUp());
    this.#spinner = new Spinner(thread, platform);
    thread.driver = this;
  }

  kick(): void {
    if (this.#state === "idle" || this.#state === "parked") this.#schedule();
    else if (this.#state === "scheduled") this.#loop.remind?.();
  }

  defer(body: () => void): void {
    this.#loop.defer(body);
  }

  retime(): void {
    this.#timerAt = Infinity;
    this.#loop.clearTimer();
    this.kick();
  }

  turnUntil(isDone: () => boolean): void {
    if (!this.#platform.mayBlock) {
      throw new UnsupportedError("blockOn", this.#platform.name, "await");
    }
    this.#inside(() => {
      while (!isDone()) if (this.#turnHere() === TURN_IDLE) this.#parkHere();
    });
  }

  turnOnce(): void {
    this.#inside(() => this.#turnHere());
  }

  /** Has the thread turn inside of what it is doing. */
  #inside(turns: () => void): void {
    this.#leavePark();
    const outer = this.#state;
    if (outer === "idle") this.#state = "running";
    try {
      // The rest of the batch that the caller is part of may hold what it waits for.
      this.#batch.takeRest();
      turns();
    } finally {
      if (outer === "idle") this.#schedule();
    }
  }

  #turnHere(): number {
    const now = this.#thread.now();
    if (this.#isLoopDue(now)) this.#missLoop(now);
    this.#io.poll();
    this.#thread.continuations.recycle();
    const verdict = this.#turn(now, true);
    this.#options.afterTurn?.();
    if (verdict === TURN_READY) this.#deliver();
    this.#batch.takeRest();
    return verdict;
  }

  #missLoop(now: number): void {
    this.#loopDueAt = now + LOOP_INTERVAL_MS;
    this.#options.onLoopMissed?.();
  }

  /** Is there anything ready that has not been seen to? */
  get hasRest(): boolean {
    return this.#batch.hasRest;
  }

  /** Ends the thread's turns. */
  stop(): void {
    this.#leavePark();
    this.#revokePark();
    this.#state = "stopped";
    this.#loop.clearTimer();
    this.#loop.keepAlive(false);
  }

  #schedule(): void {
    this.#leavePark();
    this.#state = "scheduled";
    this.#loop.defer(this.#run);
  }

  /** The event loop's sleep is over: somebody called. */
  #wakeUp(): void {
    if (this.#state !== "parked") return;
    if (!this.#isNapper) return this.#schedule();
    // In a browser, a wake is a macrotask of its own, and another one would cost as much again.
    this.#leavePark();
    this.#run();
  }

  readonly #onTimer = () => {
    this.#timerAt = Infinity;
    // A turn that is deferred may be another request's, which has no timer for this one.
    if (this.#state === "parked" || this.#loop.losesTimers) this.#run();
  };

  readonly #run = () => {
    if (this.#state === "stopped") return;
    this.#leavePark();
    this.#state = "running";
    beginMacrotask();
    this.#owesMicrotasks = false;
    this.#loopDueAt = this.#thread.now() + LOOP_INTERVAL_MS;
    this.#io.poll();
    try {
      if (this.hasRest) this.#batch.takeSome();
      else this.#turns();
    } finally {
      endDriving();
      // A callback of `process.nextTick` may have thrown through us: go on after it.
      if (this.#state === "running") this.#schedule();
    }
  };

  /** One turn of the core, in which the tasks of guests run. */
  #turn(now: number, driversPolled: boolean): number {
    const thread = this.#thread;
    thread.guests?.install();
    try {
      return thread.core.turn(now, driversPolled);
    } catch (error) {
      return this.#afterTrap(error);
    }
  }

  /** A turn was cut off by the trap of a task, which ends. */
  #afterTrap(error: unknown): number {
    const thread = this.#thread;
    if (!thread.guests?.endTrapped(error)) throw error;
    const ready = thread.u32[(thread.worker + WORKER_READY_COUNT) >> 2] as number;
    return ready === 0 ? TURN_MORE : TURN_READY;
  }

  /** Turn after turn, until the event loop is due or the thread sleeps in it. */
  #turns(): void {
    let driversPolled = true;
    for (;;) {
      const woken = this.#woken;
      this.#woken = undefined;
      if (woken === undefined) this.#thread.continuations.recycle();
      const now = woken === undefined ? this.#thread.now() : this.#turnedAt;
      const verdict = woken ?? this.#turn(now, driversPolled);
      driversPolled = false;
      this.#options.afterTurn?.();
      // What the end of the runtime has cancelled goes on in microtasks.
      if (this.#thread.isShutDown) this.#loop.drainMicrotasks?.();
      if (this.#state === "stopped") return;
      if (verdict === TURN_READY) {
        this.#deliver();
        if (this.#owesMicrotasks && (this.hasRest || !isMacrotaskOpen())) return this.#schedule();
        if (this.#polls < this.#options.eventInterval) continue;
      }
      this.#polls = 0;
      driversPolled = true;
      if (verdict === TURN_IDLE) {
        if (!this.#park(now)) return;
        if (!this.#isLoopDue(now)) continue;
      }
      if (this.#isLoopDue(now) || this.#loopHasWork()) return this.#schedule();
      this.#io.poll();
    }
  }

  /** A clock that is paused does not tell: then always. */
  #isLoopDue(now: number): boolean {
    return now >= this.#loopDueAt || this.#thread.clock.isPaused;
  }

  /** Is there something that only the event loop sees to: foreign work, or sockets of its own? */
  #loopHasWork(): boolean {
    const { reactor } = this.#thread;
    if (reactor !== undefined && !reactor.canSleep && reactor.sockets > 0) return true;
    return this.#loop.hasForeignWork();
  }

  /** Goes on with what is in the ready buffer. */
  #deliver(): void {
    this.#revokePark();
    this.#hasVisitedLoop = false;
    this.#owesMicrotasks = this.#loop.drainMicrotasks === undefined;
    this.#polls += this.#batch.take();
  }

  /** Sleeps. True if the thread is awake again; false if the event loop goes on with it. */
  #park(now: number): boolean {
    this.#options.onIdle?.();
    if (this.#state === "stopped") return false;
    if (this.#announcePark()) return true;
    if (this.#thread.clock.isPaused) return this.#parkPaused(now);
    const deadline = Math.min(
      this.#nextDeadline,
      now + (this.#options.sleepMax ?? Number.POSITIVE_INFINITY),
    );
    const timeout = deadline - now;
    if (timeout <= 0) return true;
    const watches = this.#io.beginWatch();
    try {
      return this.#parkAs(this.#sleepMode(now, timeout, watches), now, deadline, watches);
    } finally {
      this.#io.endWatch();
    }
  }

  /** The same while the clock is paused: it moves only if nothing else does. */
  #parkPaused(now: number): boolean {
    const { clock, core } = this.#thread;
    this.#hasVisitedLoop = !this.#hasVisitedLoop;
    if (this.#hasVisitedLoop) {
      this.#schedule();
      return false;
    }
    // Asked first: who has ended before has left news, and then there is no sleep.
    const mayJump = this.#mayJump();
    if (!core.parkBegin(PARK_LOOP, now)) return true;
    if (!mayJump || !clock.tryJumpTo(this.#nextDeadline)) {
      const timeout = this.#patienceMs(mayJump);
      return this.#parkInLoop(timeout, now + timeout);
    }
    this.#endPark();
    return true;
  }

  #mayJump(): boolean {
    return this.#thread.clock.isPaused && !this.#options.hasJobs?.();
  }

  /** How long to sleep while the clock stands still. */
  #patienceMs(mayJump: boolean): number {
    return mayJump ? Infinity : JOBS_LOOK_MS;
  }

  get #nextDeadline(): number {
    return this.#thread.f64[(this.#thread.worker + WORKER_NEXT_DEADLINE) >> 3] as number;
  }

  #parkAs(mode: number, now: number, deadline: number, watches: boolean): boolean {
    const timeout = deadline - now;
    // The event loop has its visit now: after the sleep somebody waits, and it may take long.
    if (mode !== PARK_LOOP && (this.#owesMicrotasks || now >= this.#loopDueAt)) {
      this.#schedule();
      return false;
    }
    if (!watches && this.#spinner.finds(now, timeout)) return true;
    if (!this.#thread.core.parkBegin(mode, now)) return true;
    if (mode === PARK_LOOP) return this.#parkInLoop(timeout, deadline);
    if (mode === PARK_REACTOR) this.#sleepAs(mode, Math.min(timeout, this.#sleepMaxMs));
    else if (this.#isAnnounced) this.#sleepAs(mode, Math.min(timeout, SLEEP_MAX_MS));
    else this.#sleepAndTurn(mode, Math.min(timeout, this.#isNapper ? NAP_MAX_MS : SLEEP_MAX_MS));
    return true;
  }

  /** Does the event loop run all microtasks itself, and not tell what else it has to do? */
  get #isNapper(): boolean {
    return this.#loop.drainMicrotasks === undefined;
  }

  /** Sleeps on the park word, as was announced, and turns at once: see {@linkcode CoreExports}. */
  #sleepAndTurn(mode: number, timeoutMs: number): void {
    const { continuations, core } = this.#thread;
    continuations.recycle();
    try {
      this.#woken = core.parkAndTurn(mode, timeoutMs);
    } catch (error) {
      this.#woken = this.#afterTrap(error);
    }
    this.#napper.woke(this.#woken);
    this.#spinner.slept(this.#turnedAt);
  }

  /** When the last turn began. */
  get #turnedAt(): number {
    return this.#thread.f64[(this.#thread.worker + WORKER_NODE_NOW) >> 3] as number;
  }

  /** Sleeps inside of {@linkcode turnUntil}, where the event loop cannot be waited in. */
  #parkHere(): void {
    if (this.#announcePark()) return;
    const { clock, core } = this.#thread;
    const now = clock.now();
    const mayJump = this.#mayJump();
    const untilNext = clock.isPaused ? this.#patienceMs(mayJump) : this.#nextDeadline - now;
    const timeout = Math.min(untilNext, this.#sleepMaxMs);
    const inReactor = this.#io.beginWatch() && this.#io.canSleep;
    const mode = inReactor ? PARK_REACTOR : this.#wordMode;
    if (timeout > 0 && core.parkBegin(mode, now)) {
      if (mayJump && clock.tryJumpTo(this.#nextDeadline)) this.#endPark();
      else this.#sleepAs(mode, timeout);
    }
    this.#io.endWatch();
  }

  /** Sleeps outside of the event loop, as was announced. */
  #sleepAs(mode: number, timeoutMs: number): void {
    const thread = this.#thread;
    if (mode === PARK_REACTOR) this.#io.sleep(timeoutMs);
    else thread.core.parkWait(mode, timeoutMs);
    this.#endPark();
    this.#io.deliver();
  }

  /** How to sleep on the park word. */
  get #wordMode(): number {
    return this.#thread.futex === undefined ? PARK_WAIT : PARK_FUTEX;
  }

  /** How long to sleep outside of the event loop, which alone hears of some things, at most. */
  get #sleepMaxMs(): number {
    return this.#options.hasThreads?.() ? LOOP_INTERVAL_MS : SLEEP_MAX_MS;
  }

  #sleepMode(now: number, timeout: number, watches: boolean): number {
    const { continuations } = this.#thread;
    const isHome = this.#options.kind === THREAD_HOME;
    if (!this.#platform.mayBlock) return PARK_LOOP;
    if (this.#isNapper) return this.#napper.mode(!watches && this.#options.isVacant?.() === true);
    // Home must let the process end when nothing is waited for, and hear signals soon: only the
    // reactor's sleep is cut short by them. A short sleep is let pass: the event loop's own timers
    // are a millisecond late.
    const isLong = !watches && timeout > SHORT_SLEEP_MS;
    if (isHome && (isLong || continuations.size === 0)) return PARK_LOOP;
    if (watches && !this.#io.canSleep) return PARK_LOOP;
    // Under traffic the reactor's short sleeps are cheaper; a longer one goes to the event loop.
    if (now >= this.#loopDueAt && this.#options.hasThreads?.()) return PARK_LOOP;
    if (this.#loop.hasForeignWork()) return PARK_LOOP;
    return watches ? PARK_REACTOR : this.#wordMode;
  }

  #parkInLoop(timeout: number, deadline: number): boolean {
    if (!this.#sleep.arm()) {
      this.#endPark();
      return true;
    }
    this.#state = "parked";
    if (deadline < this.#timerAt || this.#loop.losesTimers) {
      this.#timerAt = deadline;
      this.#loop.setTimer(Math.ceil(timeout), this.#onTimer);
    }
    const { continuations } = this.#thread;
    this.#io.wakeLoop();
    this.#loop.keepAlive(this.#options.kind !== THREAD_HOME || continuations.size > 0);
    return false;
  }

  /** Leaves the sleep in the event loop, if that is where the thread is. */
  #leavePark(): void {
    if (this.#state !== "parked") return;
    this.#state = "idle";
    this.#endPark();
  }

  /**
   * Calls the hook before a sleep, if that was not done; true if it was now. The hook may wake or
   * spawn something, or settle a promise: look once more before the sleep.
   */
  #announcePark(): boolean {
    const { onPark, onUnpark } = this.#options;
    if (this.#isAnnounced || (onPark ?? onUnpark) === undefined) return false;
    this.#isAnnounced = true;
    onPark?.();
    this.#loop.drainMicrotasks?.();
    return true;
  }

  /** The sleep that was announced is over, or did not come about. */
  #revokePark(): void {
    if (!this.#isAnnounced) return;
    this.#isAnnounced = false;
    this.#options.onUnpark?.();
  }

  #endPark(): void {
    const now = this.#thread.now();
    this.#thread.core.parkEnd(now);
    this.#spinner.slept(now);
    this.#revokePark();
  }
}
