/** Locks that tasks of several workers have in common. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Worker } from "node:worker_threads";
import { codec, Mutex, Notify, Runtime, RwLock, spawn } from "tokiwa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import { deposit, fill, howManyReaders, keepLocked } from "./fixtures/locks.mjs";

const threads: Worker[] = [];
const onThread = (message: unknown) => threads.push((message as { worker: Worker }).worker);

let runtime: Runtime;
beforeAll(async () => {
  subscribe("worker_threads", onThread);
  runtime = await Runtime.create({ workerThreads: 3 });
});
afterAll(async () => {
  unsubscribe("worker_threads", onThread);
  await runtime.shutdown();
});

const inside = (body: () => Promise<void>) => () => runtime.run(body);

describe("a lock that portable tasks get", () => {
  test(
    "has one value for all workers",
    inside(async () => {
      const [tasks, times] = [4, 500];
      const account = codec.struct({ count: codec.u32, total: codec.f64 });
      const mutex = new Mutex({ count: 0, total: 0 }, account);
      const started = Array.from({ length: tasks }, () => spawn(deposit, mutex, times));
      await Promise.all(started);
      using guard = await mutex.lock();
      expect(guard.value.count).toBe(tasks * times);
      expect(guard.value.total).toBe(2 * tasks * times);
    }),
  );

  test(
    "lets one write, or several read",
    inside(async () => {
      const lock = new RwLock(new Int32Array(64), { codec: codec.array(codec.i32, 64) });
      const started = [1, 2, 3].map((number) => spawn(fill, lock, number, 50));
      expect(await Promise.all(started)).toEqual([true, true, true]);
      const limited = new RwLock(0, { codec: codec.i32, maxReaders: 7 });
      expect(await spawn(howManyReaders, limited)).toBe(7);
    }),
  );

  test(
    "is unlocked as a worker dies, and keeps its value",
    inside(async () => {
      const [mutex, ready] = [new Mutex(1, codec.i32), new Notify()];
      const lost = rejection(spawn(keepLocked, mutex, ready));
      await ready.notified();
      expect(mutex.isLocked).toBe(true);
      const next = spawn(async () => await mutex.lock());
      await Promise.all(threads.splice(0).map((thread) => thread.terminate()));
      expect(await lost).toMatchObject({ isWorkerLost: true });
      using guard = await next;
      expect(guard.value).toBe(5);
    }),
  );

  test(
    "cannot leave its worker without a codec, or its runtime, or once it was disposed",
    inside(async () => {
      const ready = new Notify();
      const refused = (lock: unknown) => () => spawn(keepLocked, lock as never, ready);
      expect(refused(new Mutex(1))).toThrow("a Mutex without a codec");
      const gone = new Mutex(1, codec.i32);
      gone[Symbol.dispose]();
      expect(refused(gone)).toThrow("a Mutex that was disposed");
      const here = new Mutex(1, codec.i32);
      await using other = await Runtime.create({ workerThreads: 1 });
      expect(() => other.spawn(keepLocked, here, ready)).toThrow("a Mutex of another runtime");
      using _guard = await here.lock();
    }),
  );
});
