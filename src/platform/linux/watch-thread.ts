/**
 * The first code of the thread that watches in place of sleeping loops. See `watch.ts`.
 *
 * @module
 */

import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { wakeLoop } from "../../core/notify.ts";
import { EVENT_DATA, EVENT_STRIDE, libc } from "./libc.ts";
import type { WatchBirth, WatchMessage } from "./watch.ts";

const EVENTS_MAX = 64;
/** Should a word ever go unheard, the thread that waits for the end of this one waits no longer. */
const SLEEP_MAX_MS = 1000;

const { pollFd, port } = workerData as WatchBirth;
const words = EVENT_STRIDE / 4;
const events = new Uint32Array(EVENTS_MAX * words);
const bytes = new Uint8Array(events.buffer);
/** By the runtime's number. */
const memories = new Map<number, Int32Array>();

// Ends with the thread: "stop" arrives, or it is terminated between two calls.
for (;;) {
  const count = libc().epollWait(pollFd, bytes, EVENTS_MAX, SLEEP_MAX_MS);
  // What a loop asked for was announced before: so its memory is known afterwards.
  if (!listen()) process.exit();
  for (let index = 0; index < count; index++) {
    const data = index * words + EVENT_DATA / 4;
    const memory = memories.get(events[data + 1] as number);
    if (memory !== undefined) wakeLoop(memory, events[data] as number);
  }
}

/** Takes all messages; false once this thread shall end. */
function listen(): boolean {
  for (;;) {
    const message = receiveMessageOnPort(port)?.message as WatchMessage | undefined;
    if (message === undefined) return true;
    if (message === "stop") return false;
    const { runtime, memory } = message;
    if (memory === undefined) memories.delete(runtime);
    else memories.set(runtime, new Int32Array(memory));
  }
}
