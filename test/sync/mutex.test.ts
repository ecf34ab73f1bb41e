import { codec, Mutex, sleep, spawn, timeout } from "tokiwa";
import { describe, expect, test } from "vitest";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";

const point = codec.struct({ isSet: codec.bool, x: codec.f64, id: codec.u64 });

const FORMS: readonly (readonly [string, (value: number) => Mutex<number>])[] = [
  ["local", (value) => new Mutex(value)],
  ["shared", (value) => new Mutex(value, codec.f64)],
];

describe.each(FORMS)("Mutex, %s", (_name, make) => {
  test("lets one in at a time, in order", async () => {
    const mutex = make(0);
    let inside = 0;
    const order: number[] = [];
    const work = (id: number) =>
      spawn(async () => {
        for (let time = 0; time < 3; time++) {
          using guard = await mutex.lock();
          inside += 1;
          expect(inside).toBe(1);
          order.push(id);
          guard.value += 1;
          await sleep(0);
          inside -= 1;
        }
      });
    await Promise.all([1, 2, 3].map(work));
    expect(order).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
    expect(mutex.intoInner()).toBe(9);
  });

  test("cannot be overtaken by who comes late", async () => {
    const mutex = make(0);
    const first = await mutex.lock();
    const second = spawn(async () => await mutex.lock());
    await turns();
    first[Symbol.dispose]();
    expect(mutex.tryLock()).toBeUndefined();
    expect(mutex.isLocked).toBe(true);
    (await second)[Symbol.dispose]();
    expect(mutex.isLocked).toBe(false);
  });

  test("passes on what a wait that is given up was granted", async () => {
    const mutex = make(0);
    const held = await mutex.lock();
    await timeout(1, mutex.lock()).catch(() => {});
    const controller = new AbortController();
    const aborted = rejection(mutex.lock({ signal: controller.signal }));
    const task = spawn(function* () {
      using _guard = yield* mutex.lock();
    });
    await turns();
    const next = mutex.lock();
    const isNext = spawn(async () => await next);
    await turns();
    controller.abort("enough");
    expect(await aborted).toBe("enough");
    // The task is granted the lock, and aborted before it runs.
    held[Symbol.dispose]();
    task.abort();
    (await isNext)[Symbol.dispose]();
    expect(mutex.isLocked).toBe(false);
  });

  test("unlocks as a guard is disposed, once", async () => {
    const mutex = make(1);
    const guard = await mutex.lock();
    expect(guard.mutex).toBe(mutex);
    guard[Symbol.dispose]();
    using second = await mutex.lock();
    guard[Symbol.dispose]();
    expect(mutex.isLocked).toBe(true);
    expect(() => guard.value).toThrow("Cannot read value: the guard was disposed");
    expect(() => {
      guard.value = 2;
    }).toThrow("Cannot write value: the guard was disposed");
    expect(second.value).toBe(1);
  });

  test("calls a function with the value", async () => {
    const mutex = make(20);
    expect(await mutex.withLock(async (value) => value + 1)).toBe(21);
    const failure = new Error("no");
    const failed = mutex.withLock(() => {
      throw failure;
    });
    expect(await rejection(failed)).toBe(failure);
    expect(mutex.isLocked).toBe(false);
  });

  test("gives its value out, unless somebody has it", async () => {
    const mutex = make(7);
    const guard = await mutex.lock();
    expect(() => mutex.intoInner()).toThrow("Cannot take value out: somebody has a guard");
    guard[Symbol.dispose]();
    expect(mutex.intoInner()).toBe(7);
    expect(() => mutex.lock()).toThrow("Cannot lock mutex: the Mutex was disposed");
    mutex[Symbol.dispose]();
  });

  test("blocks a thread until it is free, but no task", async () => {
    const mutex = make(1);
    const failed = spawn(() => mutex.blockingLock());
    expect(String(await rejection(failed))).toContain("a task would block its worker");
    const held = mutex.blockingLock();
    spawn(function* () {
      yield* sleep(1);
      held[Symbol.dispose]();
    }).detach();
    using guard = mutex.blockingLock();
    expect(guard.value).toBe(1);
  });

  test("outlives its handle in guards that are out", async () => {
    const mutex = make(7);
    using guard = await mutex.lock();
    mutex[Symbol.dispose]();
    guard.value += 1;
    expect(guard.value).toBe(8);
    expect(() => mutex.isLocked).toThrow("Cannot look at mutex: the Mutex was disposed");
  });
});

describe("MutexGuard", () => {
  test("has any value by reference, without a codec", async () => {
    const items = new Map<string, () => number>();
    const mutex = new Mutex(items);
    using guard = await mutex.lock();
    expect(guard.value).toBe(items);
    const other = new Map<string, () => number>();
    guard.value = other;
    expect(guard.value).toBe(other);
  });

  test("has a struct where it stands", async () => {
    const mutex = new Mutex({ isSet: false, x: 1.5, id: 7n }, point);
    const guard = await mutex.lock();
    const { value } = guard;
    value.x += 1;
    value.isSet = true;
    expect(guard.value.x).toBe(2.5);
    expect(JSON.parse(JSON.stringify({ x: value.x }))).toEqual({ x: 2.5 });
    expect(() => {
      value.id = -1n;
    }).toThrow("Cannot write value: id must be a bigint of 64 bits, not negative, got -1");
    expect(() => {
      guard.value = { isSet: true } as never;
    }).toThrow("Cannot write value: value.x must be a number, got undefined");
    expect(guard.value.isSet).toBe(true);
    guard.value = { isSet: false, x: 0, id: 8n };
    expect(value.id).toBe(8n);
    guard[Symbol.dispose]();
    expect(() => value.x).toThrow("Cannot read x: the guard was disposed");
    expect(() => {
      value.x = 1;
    }).toThrow("Cannot write x: the guard was disposed");
    expect(mutex.intoInner()).toEqual({ isSet: false, x: 0, id: 8n });
  });

  test("has a struct whose fields are called as what all objects have", async () => {
    const named = codec.struct({ toJSON: codec.u32, constructor: codec.u32 });
    const mutex = new Mutex({ toJSON: 1, constructor: 2 }, named);
    expect(await mutex.withLock(({ toJSON }) => toJSON)).toBe(1);
    expect({ ...mutex.intoInner() }).toEqual({ toJSON: 1, constructor: 2 });
  });

  test("reads what is to be written once, as a getter may take the guard away", async () => {
    const mutex = new Mutex({ sum: 1 }, codec.struct({ sum: codec.f64 }));
    using guard = await mutex.lock();
    let reads = 0;
    guard.value = {
      get sum() {
        reads += 1;
        if (reads > 1) guard[Symbol.dispose]();
        return 5;
      },
    };
    expect([reads, guard.value.sum]).toEqual([1, 5]);
  });

  test("has an array where it stands", async () => {
    const bytes = codec.array(codec.u8, 3);
    const mutex = new Mutex(Uint8Array.of(1, 2, 3), bytes);
    {
      using guard = await mutex.lock();
      guard.value[1] = 20;
      expect(guard.value.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(() => {
        guard.value = new Uint8Array(4);
      }).toThrow("Cannot write value: value must be a Uint8Array of length 3");
    }
    const taken = mutex.intoInner();
    expect(taken).toEqual(Uint8Array.of(1, 20, 3));
    expect(taken.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test("narrows to a part, and takes that with it", async () => {
    const mutex = new Mutex({ inner: { list: [1, 2] } });
    const guard = await mutex.lock();
    expect(guard.tryMap(() => undefined)).toBeUndefined();
    const inner = guard.map(({ inner }) => inner);
    expect(() => guard.value).toThrow("Cannot read value: another guard was made of this one");
    guard[Symbol.dispose]();
    expect(mutex.isLocked).toBe(true);
    const list = inner.tryMap(({ list }) => list);
    list?.value.push(3);
    list?.[Symbol.dispose]();
    expect(mutex.isLocked).toBe(false);
    expect(() => list?.value).toThrow("Cannot read value: the guard was disposed");
    expect(mutex.intoInner().inner.list).toEqual([1, 2, 3]);
  });
});

describe("Mutex", () => {
  test("says what is wrong", () => {
    const make = (value: unknown, codec: unknown) => () => new Mutex(value, codec as never);
    expect(make("text", codec.string)).toThrow(
      'Cannot make mutex: codec must be that of a number, a struct or an array, got "string"',
    );
    expect(make(1, "u32")).toThrow("Cannot make mutex: codec must be that of a number");
    expect(make(-1, codec.u32)).toThrow("Cannot write value: value must be a whole number");
    expect(() => codec.array(codec.u8, 0)).toThrow("Cannot make codec: length must be a whole");
    expect(() => codec.array(codec.bool as never, 2)).toThrow("arrays must be of numbers");
    expect(() => new Mutex(0).lock({ sgnal: 1 } as never)).toThrow('there is no option "sgnal"');
  });
});
