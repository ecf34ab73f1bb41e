/**
 * The first code of every thread that a runtime starts.
 *
 * @module
 */

import { parent, platform } from "#platform";
import { WORKER_OWNED, WORKER_POLL_COUNT } from "../../assembly/shared/layout.ts";
import { THREAD_BLOCKING } from "../../assembly/shared/verdicts.ts";
import { setContextStore, setFallbackContext } from "../core/context.ts";
import { JoinError } from "../error/join-error.ts";
import { guestReactorOf } from "../net/guest-sockets.ts";
import { openFutex } from "../net/reactor.ts";
// Portable tasks of our own, and handles that move: they must be known here before anybody sends
// one, as it may have to be given up before the module is imported that it is for.
import "../net/serve.ts";
import "../sync/cancellation-token.ts";
import "../sync/mpsc.ts";
import "../sync/notify.ts";
import "../sync/oneshot.ts";
import "../sync/semaphore.ts";
import { isCancellation } from "../task/cancellation.ts";
import { encodePanic } from "../task/codec.ts";
import { attachThread } from "./attach.ts";
import { ThreadDriver } from "./driver.ts";
import { makeObserver } from "./observer.ts";
import type { FromThread, ThreadBirth } from "./protocol.ts";

if (parent === undefined) throw new Error("Cannot start worker: this is not a thread of a runtime");
const home = parent;
const birth = home.data as ThreadBirth;
const post = (message: FromThread) => home.post(message);

setContextStore(platform.contextStore);
const thread = attachThread(platform, birth);
setFallbackContext(() => ({ thread, task: undefined }));
thread.keepBlock = (block) => post({ type: "keeps", block });
thread.report = ({ kind, taskId, taskName, cause }) =>
  post({ type: "unhandled", kind, taskId, taskName, cause: encodePanic(cause, thread) });
home.onDeath((error) => post({ type: "dies", cause: encodePanic(error, thread) }));
home.onUnhandledRejection(reportRejection);

const isBlocking = birth.kind === THREAD_BLOCKING;
let idleSince = thread.now();
let polls = 0;
let isEnding = false;

const driver: ThreadDriver = new ThreadDriver(thread, platform, {
  kind: birth.kind,
  eventInterval: birth.eventInterval,
  observer: makeObserver(thread),
  get sleepMax() {
    return isBlocking && !isInUse() ? birth.idleTimeout : undefined;
  },
  afterTurn() {
    if (thread.isShutDown && !isEnding) cancelAll();
    // Without a farewell: what is left of the tasks ends with the burial. Jobs take their time.
    if (thread.isForcedToEnd && !isBlocking) home.exit();
  },
  onIdle() {
    if (isEnding) {
      if (thread.continuations.size === 0 && !ownsTasks()) end();
    } else if (isBlocking && hasBeenIdle()) end();
  },
});

/** A promise that a task left alone ends nobody else's work: it is reported as the task's. */
function reportRejection(cause: unknown, promise: Promise<unknown>): void {
  // What an aborted task had begun and did not wait for.
  if (isCancellation(thread, cause)) return;
  const task = platform.contextStore?.contextOf(promise)?.task;
  thread.report(
    new JoinError({ kind: "panic", taskId: task?.id ?? 0, taskName: task?.name, cause }),
  );
}

/** Has nothing been done here for so long that the thread is not worth its memory? */
function hasBeenIdle(): boolean {
  const done = thread.f64[(thread.worker + WORKER_POLL_COUNT) >> 3] as number;
  const isIdle = done === polls && !isInUse();
  if (!isIdle) {
    polls = done;
    idleSince = thread.now();
  }
  return isIdle && thread.now() - idleSince >= birth.idleTimeout;
}

/** A job may have left waits behind, or joins of other threads' tasks: they are heard here. */
function isInUse(): boolean {
  return ownsTasks() || thread.continuations.size > 0;
}

/** Are there tasks here that have not ended, such as a job that waits for a foreign promise? */
function ownsTasks(): boolean {
  return thread.u32[(thread.worker + WORKER_OWNED) >> 2] !== 0;
}

function cancelAll(): void {
  isEnding = true;
  for (const continuation of thread.continuations) continuation.cancel?.();
}

/** Leaves the runtime. */
function end(): void {
  driver.stop();
  thread.reactor?.close();
  thread.core.detach();
  post({ type: "ended" });
  home.exit();
}

// The FFI library ends the process if a thread is terminated while it loads: so that comes before
// anybody counts on this one.
if (birth.usesFutex) thread.futex = openFutex(thread.memory);
guestReactorOf(thread);
post({ type: "ready" });
driver.kick();
