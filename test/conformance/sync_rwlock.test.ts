import { codec, Runtime, RwLock, type RwLockOptions, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { turns } from "../support/turns.ts";
import { Waiter } from "../support/waiter.ts";
import { addOften } from "./fixtures/locks.mjs";

type Point = { x: number; y: number };
type Options = Pick<RwLockOptions<never>, "maxReaders">;

const point = codec.struct({ x: codec.i32, y: codec.i32 });
const FORMS = [
  [
    "local",
    (value: number, options?: Options) => new RwLock(value, options),
    (value: Point) => new RwLock(value),
  ],
  [
    "shared",
    (value: number, options?: Options) => new RwLock(value, { ...options, codec: codec.u32 }),
    (value: Point) => new RwLock(value, { codec: point }),
  ],
] as const;

describe("sync_rwlock", () => {
  describe.each(FORMS)("%s", (_name, make, makePoint) => {
    test("into_inner", () => {
      expect(make(42).intoInner()).toBe(42);
      expect(makePoint({ x: 1, y: 2 }).intoInner()).toEqual({ x: 1, y: 2 });
    });

    test("read_shared", async () => {
      const lock = make(100);
      using _first = await lock.read();
      using second = await lock.read();
      expect(second.value).toBe(100);
    });

    test("write_shared_pending", async () => {
      const lock = make(100);
      const reader = await lock.read();
      const writer = await Waiter.of(lock.write());
      expect(await writer.isReady()).toBe(false);
      reader[Symbol.dispose]();
      expect(await writer.isReady()).toBe(true);
    });

    test("read_exclusive_pending", async () => {
      const lock = make(100);
      const writer = await lock.write();
      const reader = await Waiter.of(lock.read());
      expect(await reader.isReady()).toBe(false);
      writer[Symbol.dispose]();
      expect(await reader.isReady()).toBe(true);
    });

    test("exhaust_reading", async () => {
      const lock = make(100, { maxReaders: 1024 });
      const readers = [];
      for (let count = 0; count < 1024; count++) readers.push(await lock.read());
      const late = await Waiter.of(lock.read());
      expect(await late.isReady()).toBe(false);
      readers.pop()?.[Symbol.dispose]();
      expect(await late.isReady()).toBe(true);
    });

    test("zero_max_readers", () => {
      expect(() => make(0, { maxReaders: 0 })).toThrow(
        "Cannot make lock: maxReaders must be a whole number from 1",
      );
    });

    test("write_exclusive_pending", async () => {
      const lock = make(100);
      const first = await lock.write();
      const second = await Waiter.of(lock.write());
      expect(await second.isReady()).toBe(false);
      first[Symbol.dispose]();
      expect(await second.isReady()).toBe(true);
    });

    test("write_read_shared_pending", async () => {
      const lock = make(100);
      using _first = await lock.read();
      const second = await lock.read();
      const writer = await Waiter.of(lock.write());
      const late = await Waiter.of(lock.read());
      expect(await late.isReady()).toBe(false);
      second[Symbol.dispose]();
      expect(await writer.isReady()).toBe(false);
      expect(await late.isReady()).toBe(false);
    });

    test("write_read_shared_drop_pending", async () => {
      const lock = make(100);
      using _first = await lock.read();
      const writer = await Waiter.of(lock.write());
      const late = await Waiter.of(lock.read());
      expect(await late.isReady()).toBe(false);
      await writer.drop();
      expect(await late.isReady()).toBe(true);
    });

    test("read_uncontested", async () => {
      using guard = await make(100).read();
      expect(guard.value).toBe(100);
    });

    test("write_uncontested", async () => {
      const lock = make(100);
      const writer = await lock.write();
      writer.value += 50;
      writer[Symbol.dispose]();
      using reader = await lock.read();
      expect(reader.value).toBe(150);
    });

    test("write_order", async () => {
      const lock = make(0);
      const created = [lock.write(), lock.write()] as const;
      const order: number[] = [];
      const append = async (which: 0 | 1) => {
        using _guard = await created[which];
        order.push(which);
      };
      // The one that was made first is polled last.
      await Promise.all([append(1), append(0)]);
      expect(order).toEqual([1, 0]);
    });

    test("try_write", async () => {
      const lock = make(0);
      const reader = await lock.read();
      expect(lock.tryWrite()).toBeUndefined();
      reader[Symbol.dispose]();
      expect(lock.tryWrite()).toBeDefined();
    });

    test("try_read_try_write", () => {
      const lock = make(100);
      {
        using first = lock.tryRead();
        using _second = lock.tryRead();
        expect(first?.value).toBe(100);
        expect(lock.tryWrite()).toBeUndefined();
      }
      {
        using writer = lock.tryWrite();
        if (writer !== undefined) writer.value += 50;
        expect(lock.tryRead()).toBeUndefined();
        expect(lock.tryWrite()).toBeUndefined();
      }
      using after = lock.tryRead();
      expect(after?.value).toBe(150);
    });

    test("downgrade_map", async () => {
      const lock = makePoint({ x: 0, y: 10 });
      const writer = await lock.write();
      const reader = await Waiter.of(lock.read());
      using part = writer.downgradeMap((value) => {
        expect(lock.tryRead()).toBeUndefined();
        value.x = 5;
        return value;
      });
      expect(part.value.x).toBe(5);
      expect(await reader.isReady()).toBe(true);
      expect((await reader.value()).value.x).toBe(5);
    });

    test("try_downgrade_map", async () => {
      const lock = makePoint({ x: 0, y: 10 });
      const writer = await lock.write();
      const reader = await Waiter.of(lock.read());
      expect(writer.tryDowngradeMap(() => undefined)).toBeUndefined();
      expect(await reader.isReady()).toBe(false);
      using part = writer.tryDowngradeMap((value) => value);
      expect(part?.value.y).toBe(10);
      expect(await reader.isReady()).toBe(true);
    });
  });

  const [tasks, times] = [4, 1000];

  test("multithreaded, local", async () => {
    const lock = new RwLock(0);
    const add = (by: number) =>
      spawn(async () => {
        for (let time = 0; time < times; time++) {
          using guard = await lock.write();
          guard.value += by;
          await turns();
        }
      });
    await Promise.all([2, 4, 1, 10].map(add));
    expect(lock.intoInner()).toBe(17 * times);
  });

  test("multithreaded, shared", async () => {
    await using runtime = await Runtime.create({ workerThreads: tasks });
    await runtime.run(async () => {
      const lock = new RwLock(0, { codec: codec.u32 });
      await Promise.all([2, 4, 1, 10].map((by) => spawn(addOften, lock, by, times)));
      using guard = await lock.read();
      expect(guard.value).toBe(17 * times);
    });
  });
});
