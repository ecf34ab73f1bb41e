/**
 * What upstream tests twice: of guards that borrow their mutex, and of guards that own it.
 *
 * @module
 */
import { codec, type Future, Mutex, type MutexGuard, sleep, spawn } from "tokiwa";
import { expect, test } from "vitest";
import { turns } from "../support/turns.ts";
import { Waiter } from "../support/waiter.ts";

export type MakeMutex = (value: number) => Mutex<number>;
export type LockMutex = (mutex: Mutex<number>) => Future<MutexGuard<number>>;

export const FORMS: readonly (readonly [string, MakeMutex])[] = [
  ["local", (value) => new Mutex(value)],
  ["shared", (value) => new Mutex(value, codec.i32)],
];

/** The tests that upstream has twice, for guards that borrow and guards that own. */
export function behavesAsAMutex(make: MakeMutex, lock: LockMutex): void {
  test("straight_execution", async () => {
    const mutex = make(100);
    for (const [seen, next] of [
      [100, 99],
      [99, 98],
    ] as const) {
      const guard = await lock(mutex);
      expect(guard.value).toBe(seen);
      guard.value = next;
      guard[Symbol.dispose]();
    }
    using guard = await lock(mutex);
    expect(guard.value).toBe(98);
  });

  test("readiness", async () => {
    const mutex = make(100);
    const first = await lock(mutex);
    const second = await Waiter.of(lock(mutex));
    expect(await second.isReady()).toBe(false);
    first[Symbol.dispose]();
    expect(await second.isReady()).toBe(true);
    (await second.value())[Symbol.dispose]();
  });

  test("aborted_future_1", async () => {
    const mutex = make(0);
    const holder = spawn(async () => {
      using _guard = await lock(mutex);
      await sleep(60_000);
    });
    await turns();
    holder.abort();
    using guard = await lock(mutex);
    expect(guard.value).toBe(0);
  });

  test("aborted_future_2", async () => {
    const mutex = make(0);
    const holder = await lock(mutex);
    const waiting = await Waiter.of(lock(mutex));
    await waiting.drop();
    holder[Symbol.dispose]();
    using _guard = await lock(mutex);
  });
}
