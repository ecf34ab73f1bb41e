/**
 * A thread's life as a member of a runtime: it joins, turns, and leaves.
 *
 * @module
 */

import { platform } from "#platform";
import { WORKER_OWNED, WORKER_POLL_COUNT } from "../../assembly/shared/layout.ts";
import { THREAD_BLOCKING } from "../../assembly/shared/verdicts.ts";
import { setContextStore, setFallbackContext } from "../core/context.ts";
import type { Thread } from "../core/thread.ts";
import { JoinError } from "../error/join-error.ts";
import { ThreadGuestHost } from "../guest/host.ts";
import { openFutex } from "../net/reactor.ts";
import type { ParentPort } from "../platform/platform.ts";
import { registerKinds } from "../sync/kinds.ts";
import { isCancellation } from "../task/cancellation.ts";
import { encodePanic } from "../task/codec.ts";
import { ThreadRunner } from "../task/runner.ts";
import { attachThread } from "./attach.ts";
import { ThreadDriver } from "./driver.ts";
import { makeObserver } from "./observer.ts";
import type { FromThread, ThreadBirth } from "./protocol.ts";

/**
 * Makes the calling thread a member of the runtime that has started it.
 *
 * @throws {Error} If no runtime has.
 */
export function joinRuntime(home: ParentPort | undefined): void {
  if (home === undefined) throw new Error("Cannot start worker: this is not a thread of a runtime");
  home.onBirth((birth) => {
    const member = new Member(home, birth as ThreadBirth);
    member.begin();
  });
}

class Member {
  readonly #home: ParentPort;
  readonly #birth: ThreadBirth;
  readonly #thread: Thread;
  readonly #driver: ThreadDriver;
  readonly #isBlocking: boolean;
  #idleSince: number;
  #polls = 0;
  #isEnding = false;

  constructor(home: ParentPort, birth: ThreadBirth) {
    this.#home = home;
    this.#birth = birth;
    this.#isBlocking = birth.kind === THREAD_BLOCKING;
    setContextStore(platform.contextStore);
    const thread = attachThread(platform, birth);
    this.#thread = thread;
    registerKinds();
    thread.runner = new ThreadRunner(thread);
    thread.guests = new ThreadGuestHost(thread);
    setFallbackContext(() => ({ thread, task: undefined }));
    thread.keepBlock = (block) => this.#post({ type: "keeps", block });
    thread.report = ({ kind, taskId, taskName, cause }) =>
      this.#post({ type: "unhandled", kind, taskId, taskName, cause: encodePanic(cause, thread) });
    home.onDeath((error) => this.#post({ type: "dies", cause: encodePanic(error, thread) }));
    home.onUnhandledRejection((cause, promise) => this.#reportRejection(cause, promise));
    this.#idleSince = thread.now();
    this.#driver = this.#makeDriver();
  }

  /** Takes tasks from here on. */
  begin(): void {
    // The FFI library ends the process if a thread is terminated while it loads: so that comes
    // before anybody counts on this one.
    if (this.#birth.usesFutex) this.#thread.futex = openFutex(this.#thread.memory);
    this.#thread.guests?.openReactor();
    this.#post({ type: "ready" });
    this.#driver.kick();
  }

  #makeDriver(): ThreadDriver {
    const { kind, eventInterval, idleTimeout } = this.#birth;
    const sleepMax = () => (this.#isBlocking && !this.#isInUse() ? idleTimeout : undefined);
    return new ThreadDriver(this.#thread, platform, {
      kind,
      eventInterval,
      observer: makeObserver(this.#thread),
      get sleepMax() {
        return sleepMax();
      },
      afterTurn: () => this.#afterTurn(),
      isVacant: () => !this.#isInUse() && !this.#isBlocking && !this.#isEnding,
      onIdle: () => this.#onIdle(),
    });
  }

  #afterTurn(): void {
    const thread = this.#thread;
    if (thread.isShutDown && !this.#isEnding) this.#cancelAll();
    if (!thread.isForcedToEnd || this.#isBlocking) return;
    // Without a farewell: what is left of the tasks ends with the burial. Jobs take their time.
    this.#driver.stop();
    this.#home.exit();
  }

  #onIdle(): void {
    if (this.#isEnding) {
      if (this.#thread.continuations.size === 0 && !this.#ownsTasks()) this.#end();
    } else if (this.#isBlocking && this.#hasBeenIdle()) this.#end();
  }

  #post(message: FromThread): void {
    this.#home.post(message);
  }

  /** A promise that a task left alone ends nobody else's work: it is reported as the task's. */
  #reportRejection(cause: unknown, promise: Promise<unknown>): void {
    // What an aborted task had begun and did not wait for.
    if (isCancellation(this.#thread, cause)) return;
    const task = platform.contextStore?.contextOf(promise)?.task;
    this.#thread.report(
      new JoinError({ kind: "panic", taskId: task?.id ?? 0, taskName: task?.name, cause }),
    );
  }

  /** Has nothing been done here for so long that the thread is not worth its memory? */
  #hasBeenIdle(): boolean {
    const thread = this.#thread;
    const done = thread.f64[(thread.worker + WORKER_POLL_COUNT) >> 3] as number;
    const isIdle = done === this.#polls && !this.#isInUse();
    if (!isIdle) {
      this.#polls = done;
      this.#idleSince = thread.now();
    }
    return isIdle && thread.now() - this.#idleSince >= this.#birth.idleTimeout;
  }

  /** A job may have left waits behind, or joins of other threads' tasks: they are heard here. */
  #isInUse(): boolean {
    return this.#ownsTasks() || this.#thread.continuations.size > 0;
  }

  /** Are there tasks here that have not ended, such as a job that waits for a foreign promise? */
  #ownsTasks(): boolean {
    const { u32, worker } = this.#thread;
    return u32[(worker + WORKER_OWNED) >> 2] !== 0;
  }

  #cancelAll(): void {
    this.#isEnding = true;
    for (const continuation of this.#thread.continuations) continuation.cancel?.();
  }

  /** Leaves the runtime. */
  #end(): void {
    this.#driver.stop();
    this.#thread.reactor?.close();
    this.#thread.core.detach();
    this.#post({ type: "ended" });
    this.#home.exit();
  }
}
