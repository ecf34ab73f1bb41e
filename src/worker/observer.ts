/**
 * Sees every poll of a thread: for histograms of how long polls take and how long tasks wait, and
 * for the hooks around polls. Not made unless somebody asked, because the clock costs as much as a
 * small poll.
 *
 * @module
 */

import {
  TASK_ID,
  TASK_SCHEDULED_AT,
  WORKER_LATENCY_HISTOGRAM,
  WORKER_POLL_HISTOGRAM,
} from "../../assembly/shared/layout.ts";
import { REASON_RESUME, REASON_START, REASON_WAITER } from "../../assembly/shared/verdicts.ts";
import type { Thread } from "../core/thread.ts";
import { LocalTask } from "../task/local-task.ts";
import { type HistogramConfig, makeHistogram } from "./histogram.ts";

/** What the driver calls around each entry of the ready buffer. */
export interface PollObserver {
  before(value: number, reason: number): void;
  after(): void;
}

/** What a hook learns about a task. */
interface TaskMeta {
  readonly id: number;
  readonly name: string | undefined;
}

/** Hooks around polls; they run on the thread that polls. */
export interface PollHooks {
  readonly onBeforeTaskPoll?: ((task: TaskMeta) => void) | undefined;
  readonly onAfterTaskPoll?: ((task: TaskMeta) => void) | undefined;
}

/** An observer for this thread; undefined if nobody wants to know. */
export function makeObserver(thread: Thread, hooks: PollHooks = {}): PollObserver | undefined {
  const { pollTime, scheduleLatency } = thread.identity;
  const { onBeforeTaskPoll, onAfterTaskPoll } = hooks;
  const countPoll = counter(thread, WORKER_POLL_HISTOGRAM, pollTime);
  const countLatency = counter(thread, WORKER_LATENCY_HISTOGRAM, scheduleLatency);
  if (!countPoll && !countLatency && !onBeforeTaskPoll && !onAfterTaskPoll) return undefined;
  let began = 0;
  let task: TaskMeta | undefined;
  return {
    before(value, reason) {
      began = thread.now();
      const address = taskAddress(thread, value, reason);
      if (address !== 0) {
        countLatency?.(began - (thread.f64[(address + TASK_SCHEDULED_AT) >> 3] as number));
      }
      task = polledTask(thread, value, reason);
      if (task !== undefined) onBeforeTaskPoll?.(task);
    },
    after() {
      if (task !== undefined) onAfterTaskPoll?.(task);
      countPoll?.(thread.now() - began);
    },
  };
}

function counter(
  thread: Thread,
  field: number,
  config: HistogramConfig | undefined,
): ((ms: number) => void) | undefined {
  const block = thread.u32[(thread.worker + field) >> 2] as number;
  if (config === undefined || block === 0) return undefined;
  const histogram = makeHistogram(config);
  return (ms) => {
    const bucket = (block >> 3) + histogram.bucketOf(ms);
    thread.f64[bucket] = (thread.f64[bucket] as number) + 1;
  };
}

/** The header of the task that an entry takes from a queue; 0 if it is none. */
function taskAddress(thread: Thread, value: number, reason: number): number {
  if (reason === REASON_START) return value;
  if (reason !== REASON_RESUME) return 0;
  const task = thread.continuations.get(value);
  return task instanceof LocalTask ? task.address : 0;
}

/** The task that an entry polls, if it does. An async function is polled where it waits. */
function polledTask(thread: Thread, value: number, reason: number): TaskMeta | undefined {
  if (reason === REASON_START) {
    return { id: thread.f64[(value + TASK_ID) >> 3] as number, name: undefined };
  }
  if (reason !== REASON_RESUME && reason !== REASON_WAITER) return undefined;
  const found = thread.continuations.get(value);
  const isTask = found instanceof LocalTask;
  const task = isTask && reason === REASON_RESUME ? found : found?.context?.task;
  return task && { id: task.id, name: task.name };
}
