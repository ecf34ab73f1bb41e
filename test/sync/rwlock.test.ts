import { codec, RwLock, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { Waiter } from "../support/waiter.ts";

const point = codec.struct({ x: codec.f64, y: codec.f64 });

describe("RwLock", () => {
  test("lets readers in together, and writers alone", async () => {
    const lock = new RwLock({ count: 0 }, { maxReaders: 2 });
    expect(lock.maxReaders).toBe(2);
    let [readers, writers, most] = [0, 0, 0];
    const read = async () => {
      using _guard = await lock.read();
      readers += 1;
      most = Math.max(most, readers);
      expect(writers).toBe(0);
      await null;
      readers -= 1;
    };
    const write = async () => {
      using guard = await lock.write();
      writers += 1;
      expect([readers, writers]).toEqual([0, 1]);
      guard.value.count += 1;
      await null;
      writers -= 1;
    };
    await Promise.all(
      [read, read, write, read, write, read, read, read].map((each) => spawn(each)),
    );
    expect(most).toBe(2);
    expect(lock.intoInner()).toEqual({ count: 2 });
  });

  test("does not let a reader change a struct", async () => {
    const lock = new RwLock({ x: 1, y: 2 }, { codec: point });
    using reader = await lock.read();
    expect(() => {
      reader.value.x = 5;
    }).toThrow("Cannot write x: the guard is a reader's");
    expect(reader.value.x).toBe(1);
    expect(reader.lock).toBe(lock);
  });

  test("does not let the only reader at a time change a struct", async () => {
    const lock = new RwLock({ x: 1, y: 2 }, { codec: point, maxReaders: 1 });
    const reader = await lock.read();
    expect(() => {
      reader.value.x = 5;
    }).toThrow("Cannot write x: the guard is a reader's");
    reader[Symbol.dispose]();
    using writer = await lock.write();
    writer.value.x = 5;
    expect(writer.value.x).toBe(5);
  });

  test.for([
    ["on its worker", undefined],
    ["in shared memory", point],
  ] as const)("%s downgrades no guard that was given up", async ([, codec]) => {
    const lock = new RwLock({ x: 1, y: 2 }, { codec });
    const writer = await lock.write();
    writer[Symbol.dispose]();
    expect(() => writer.downgrade()).toThrow("Cannot downgrade guard: the guard was disposed");
    const other = await lock.write();
    const dispose = ({ x }: { x: number }) => {
      other[Symbol.dispose]();
      return x;
    };
    expect(() => other.downgradeMap(dispose)).toThrow("the guard was disposed");
    using last = lock.tryWrite();
    expect(last?.value.x).toBe(1);
  });

  test("downgrades with nobody in between", async () => {
    const lock = new RwLock({ x: 1, y: 2 }, { codec: point });
    const writer = await lock.write();
    const [next, late] = [await Waiter.of(lock.write()), await Waiter.of(lock.read())];
    writer.value.x = 3;
    const reader = writer.downgrade();
    expect(() => writer.value).toThrow("Cannot read value: another guard was made of this one");
    expect(reader.value.x).toBe(3);
    expect([await next.isReady(), await late.isReady()]).toEqual([false, false]);
    reader[Symbol.dispose]();
    expect([await next.isReady(), await late.isReady()]).toEqual([true, false]);
    (await next.value())[Symbol.dispose]();
    expect(await late.isReady()).toBe(true);
  });

  test("blocks a thread until it is free", () => {
    const lock = new RwLock(1);
    lock.blockingWrite()[Symbol.dispose]();
    using _first = lock.blockingRead();
    using second = lock.blockingRead();
    expect(second.value).toBe(1);
  });

  test("narrows guards to parts", async () => {
    const lock = new RwLock({ names: ["a"], size: 1 });
    const reader = (await lock.read()).map(({ names }) => names);
    expect(reader.value).toEqual(["a"]);
    expect(reader.tryMap(([name]) => name)?.value).toBe("a");
    expect(() => reader.value).toThrow("another guard was made");
    const other = new RwLock({ names: ["a"] });
    const writer = (await other.write()).tryMap(({ names }) => names)?.map((names) => names);
    writer?.value.push("b");
    expect(other.tryRead()).toBeUndefined();
    writer?.[Symbol.dispose]();
    expect(other.intoInner().names).toEqual(["a", "b"]);
  });
});
