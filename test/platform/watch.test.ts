import type { MessagePort } from "node:worker_threads";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  RUNTIME_SIZE,
  RUNTIME_THREADS,
  RUNTIME_WORKERS,
  WORKER_KIND,
  WORKER_SIZE,
} from "../../assembly/shared/layout.ts";
import { THREAD_HOME } from "../../assembly/shared/verdicts.ts";
import type { Thread } from "../../src/core/thread.ts";
import {
  closeWatch,
  prepareWatch,
  type WatchBirth,
  type WatchMessage,
} from "../../src/platform/linux/watch.ts";

/** Watching threads that only listen, and die when the test says so. */
const { FakeWorker, made } = await vi.hoisted(async () => {
  const { EventEmitter } = await import("node:events");
  const { receiveMessageOnPort } = await import("node:worker_threads");
  class FakeWorker extends EventEmitter {
    readonly unref = () => {};
    readonly #port: MessagePort;

    constructor(_script: URL, { workerData }: { workerData: WatchBirth }) {
      super();
      this.#port = workerData.port;
      made.push(this);
    }

    /** What has come since it was last asked. */
    heard(): WatchMessage[] {
      const received = receiveMessageOnPort(this.#port);
      return received === undefined ? [] : [received.message, ...this.heard()];
    }
  }
  const made: FakeWorker[] = [];
  return { FakeWorker, made };
});
vi.mock("node:worker_threads", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  Worker: FakeWorker,
}));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The home thread of a runtime with two workers and three threads in all. */
function makeHome(id: number) {
  const bytes = new Uint8Array(RUNTIME_SIZE + WORKER_SIZE);
  const u32 = new Uint32Array(bytes.buffer);
  u32[RUNTIME_WORKERS >> 2] = 2;
  u32[RUNTIME_THREADS >> 2] = 3;
  u32[(RUNTIME_SIZE + WORKER_KIND) >> 2] = THREAD_HOME;
  const woken: number[] = [];
  const core = { unpark: (index: number) => void woken.push(index) };
  const views = { bytes, u32, i32: new Int32Array(bytes.buffer) };
  const thread = { ...views, runtime: 0, worker: RUNTIME_SIZE, identity: { id }, core };
  return { thread: thread as unknown as Thread, memory: bytes.buffer, woken };
}

test.runIf(process.platform === "linux")("a watcher that died is made anew, and loops look", () => {
  const [one, other] = [makeHome(7), makeHome(8)];
  prepareWatch(one.thread);
  prepareWatch(other.thread);
  expect([one.woken, other.woken]).toEqual([[], []]);
  closeWatch(other.thread);
  made[0]?.emit("error", new Error("no descriptors"));
  vi.runAllTimers();
  expect(made[0]?.heard()).toHaveLength(3);
  expect(made[1]?.heard()).toEqual([{ runtime: 7, memory: one.memory }]);
  // The dead thread may have taken their news and not got to waking them.
  expect([one.woken, other.woken]).toEqual([[0, 1, 2], []]);
});
