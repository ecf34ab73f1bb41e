import { describe, expect, test } from "vitest";
import { ElapsedError } from "../../src/error/elapsed.ts";
import { JoinError } from "../../src/error/join-error.ts";
import { NotSendError } from "../../src/error/not-send.ts";
import { OutOfMemoryError } from "../../src/error/out-of-memory.ts";
import { decode, discard, encode, encodePanic } from "../../src/task/codec.ts";
import { registerSendable, sendable } from "../../src/task/send.ts";
import { type Heap, heap } from "./memory.ts";

/** Sends `value` and receives it, as another worker would. */
function move<T>(value: T, { thread }: Heap = heap()): T {
  const { kind, block, size, number } = encode(value, thread);
  return decode(thread, kind, block, size, number) as T;
}

function pathOf(value: unknown, name?: string): string {
  try {
    encode(value, heap().thread, name);
  } catch (error) {
    if (error instanceof NotSendError) return error.path;
    throw error;
  }
  throw new Error("It was sent");
}

describe("encode and decode", () => {
  const simple = [
    undefined,
    null,
    true,
    false,
    0,
    -0,
    1.5,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    "",
    "short",
    "x".repeat(1000),
    "héllo",
    "日本語",
    "😀",
    "\ud800 alone",
    5n,
    -(2n ** 200n),
    [],
    [7],
    ["a"],
    [undefined],
    [[]],
    [1, 2],
    [-0, Number.NaN, 0.5],
    {},
    { a: 1, b: { c: [-0, "\udc00"] } },
    new Date(5),
    new Date(-1),
    new Date(Number.NaN),
    /a+/giu,
    new Map<unknown, unknown>([
      [1, "a"],
      [{ b: 1 }, new Map()],
    ]),
    new Set([1, "a", -1]),
    new Uint8Array([1, 2, 255]),
    new Float64Array([0.5, -0]),
    new BigInt64Array([-1n]),
    new ArrayBuffer(3),
    new DataView(new ArrayBuffer(4)),
  ];
  for (const [index, value] of simple.entries()) {
    test(`keep simple value ${index}: ${JSON.stringify(value, printBig) ?? "undefined"}`, () => {
      expect(move(value)).toStrictEqual(value);
      expect(move([value])).toStrictEqual([value]);
      expect(move({ value })).toStrictEqual({ value });
    });
  }

  test("keep the gaps of an array", () => {
    const gaps: unknown[] = [];
    gaps[1] = 1;
    gaps[3] = undefined;
    const sparse = move(gaps);
    expect(Object.keys(sparse)).toEqual(["1", "3"]);
    expect(sparse).toHaveLength(4);
  });

  test("keep keys that mean something elsewhere", () => {
    const odd = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "hasOwnProperty": 3}');
    const moved = move(odd);
    expect(Object.keys(moved)).toEqual(["__proto__", "constructor", "hasOwnProperty"]);
    expect(Object.getPrototypeOf(moved)).toBe(Object.prototype);
  });

  test("keep identity and cycles, also through what needs special care", () => {
    const error = new Error("loop");
    const loop: Record<string, unknown> = { error, zero: -0, map: new Map() };
    loop.self = loop;
    loop.list = [loop, error];
    (loop.map as Map<unknown, unknown>).set(loop, error);
    error.cause = loop;
    const moved = move(loop);
    expect(moved.self).toBe(moved);
    expect((moved.list as unknown[])[0]).toBe(moved);
    expect((moved.list as unknown[])[1]).toBe(moved.error);
    expect((moved.map as Map<unknown, unknown>).get(moved)).toBe(moved.error);
    expect((moved.error as Error).cause).toBe(moved);
    expect(moved.zero).toBe(-0);
  });

  test("never hand out a view of shared memory", () => {
    for (const value of [new Uint8Array(4), Buffer.from("abc"), new Float32Array(2)]) {
      const moved = move([value, 1])[0] as Uint8Array;
      expect(moved.buffer).toBeInstanceOf(ArrayBuffer);
      expect(moved.buffer.byteLength).toBe(value.byteLength);
      expect((move(value) as Uint8Array).buffer).toBeInstanceOf(ArrayBuffer);
    }
    expect(move(new ArrayBuffer(2))).toBeInstanceOf(ArrayBuffer);
  });

  test("take a node buffer for the bytes that it is", () => {
    const moved: Uint8Array = move(Buffer.from("abc"));
    expect(moved).toStrictEqual(new Uint8Array([97, 98, 99]));
  });
});

/** Values made of everything that is Send, by a small generator of random numbers. */
describe("encode and decode of random values", () => {
  function mulberry(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  function randomValue(random: () => number, depth: number, made: object[]): unknown {
    const pick = Math.floor(random() * (depth > 4 ? 12 : 18));
    const count = Math.floor(random() * 6);
    const inner = () => randomValue(random, depth + 1, made);
    const keep = <T extends object>(object: T): T => {
      made.push(object);
      return object;
    };
    if (pick === 0) return undefined;
    if (pick === 1) return null;
    if (pick === 2) return random() < 0.5;
    if (pick === 3)
      return random() < 0.2 ? -0 : Math.floor((random() - 0.5) * 2 ** (random() * 70));
    if (pick === 4) return random() * 10 ** (random() * 40 - 20);
    if (pick === 5) return "k".repeat(random() * 60);
    if (pick === 6)
      return String.fromCharCode(...Array.from({ length: count }, () => random() * 2 ** 16));
    if (pick === 7)
      return BigInt(Math.floor(random() * 2 ** 53)) ** BigInt(count) * (random() < 0.5 ? -1n : 1n);
    if (pick === 8) return new Date(Math.floor((random() - 0.5) * 1e14));
    if (pick === 9) return Uint8Array.from({ length: random() * 400 }, () => random() * 256);
    if (pick === 10) return Float64Array.from({ length: count }, random);
    if (pick === 11) return made[Math.floor(random() * made.length)];
    if (pick === 12) return keep(new Map(Array.from({ length: count }, () => [inner(), inner()])));
    if (pick === 13) return keep(new Set(Array.from({ length: count }, inner)));
    if (pick === 14) {
      const list: unknown[] = keep([]);
      for (let index = 0; index < count; index++) if (random() < 0.95) list[index] = inner();
      return list;
    }
    const fields: Record<string, unknown> = keep({});
    for (let index = 0; index < count * 2; index++)
      fields[`f${Math.floor(random() * 40)}`] = inner();
    return fields;
  }

  for (let seed = 1; seed <= 300; seed++) {
    test(`keep what seed ${seed} makes as structuredClone would`, () => {
      const value = randomValue(mulberry(seed), 0, [{ first: 1 }]);
      expect(move({ value })).toStrictEqual(structuredClone({ value }));
    });
  }
});

describe("encode of errors", () => {
  test("keeps name, message, stack, code, cause and fields", () => {
    const cause = new TypeError("inner");
    const error = Object.assign(new RangeError("outer", { cause }), { code: "E_X", port: 80 });
    const moved = move(error);
    expect(moved).toBeInstanceOf(RangeError);
    expect(moved).toMatchObject({ name: "RangeError", message: "outer", code: "E_X", port: 80 });
    expect(moved.stack).toBe(error.stack);
    expect(moved.cause).toBeInstanceOf(TypeError);
    expect(Object.keys(moved)).toEqual(["code", "port"]);
  });

  test("keeps the class where every worker has it", () => {
    class CustomError extends SyntaxError {
      override name = "CustomError";
    }
    expect(move(new CustomError("x"))).toBeInstanceOf(SyntaxError);
    expect(move(new CustomError("x")).name).toBe("CustomError");
    expect(move(new ElapsedError(5))).toBeInstanceOf(ElapsedError);
    expect(move(new ElapsedError(5)).afterMs).toBe(5);
    const join = move(new JoinError({ kind: "panic", taskId: 3, cause: new Error("boom") }));
    expect(join.isPanic).toBe(true);
    expect((join.cause as Error).message).toBe("boom");
    const aggregate = move(new AggregateError([new URIError("a"), 2], "both"));
    expect(aggregate.errors[0]).toBeInstanceOf(URIError);
    expect(aggregate.errors[1]).toBe(2);
    const abort = move(new DOMException("stop", "AbortError"));
    expect(abort).toBeInstanceOf(DOMException);
    expect(abort).toMatchObject({ name: "AbortError", message: "stop", code: 20 });
    const system = move(Object.assign(new Error("no"), { code: "ENOENT", errno: -2 }));
    expect(system).toMatchObject({ code: "ENOENT", errno: -2 });
  });

  test("leaves behind what cannot move, for the news must get through", () => {
    const error = Object.assign(new Error("x", { cause: () => 1 }), {
      socket: new WeakMap(),
      a: 1,
    });
    const moved = move(error);
    expect(moved.message).toBe("x");
    expect(Object.keys(moved)).toEqual(["a"]);
    expect(moved.cause).toBeUndefined();
  });
});

describe("encodePanic", () => {
  const panic = (reason: unknown, { thread }: Heap = heap()) => {
    const { kind, block, size, number } = encodePanic(reason, thread);
    return decode(thread, kind, block, size, number);
  };

  test("passes on what can move and describes the rest", () => {
    expect(panic("text")).toBe("text");
    expect(panic(new TypeError("a"))).toBeInstanceOf(TypeError);
    expect(panic(() => 1)).toMatchObject({ message: "a function was thrown" });
  });

  test("keeps what can be kept of an object that cannot move whole", () => {
    const retry = () => 1;
    expect(panic({ code: 1, detail: { at: [2] }, retry })).toEqual({
      code: 1,
      detail: { at: [2] },
    });
    class Refusal {
      code = 2;
      retry = retry;
    }
    const refusal = panic(new Refusal());
    expect(refusal).toMatchObject({ message: "an instance of Refusal was thrown", code: 2 });
    expect(refusal).not.toHaveProperty("retry");
    const hostile = {
      get code() {
        throw new Error("not yours");
      },
    };
    expect(panic(hostile)).toMatchObject({ message: "an instance of Object was thrown" });
  });

  test("needs no memory as a last resort", () => {
    const full = heap();
    full.fill();
    expect(panic(new Error("a"), full)).toBeUndefined();
  });
});

describe("NotSendError", () => {
  test("names the path to what cannot move", () => {
    class Socket {}
    expect(pathOf([{ socket: new Socket() }], "args")).toBe("args[0].socket");
    expect(pathOf([1, () => 1], "args")).toBe("args[1]");
    expect(pathOf({ a: { "b c": [Symbol("s")] } })).toBe('value.a["b c"][0]');
    expect(pathOf(new Map([["k", Promise.resolve()]]))).toBe("value<k>");
    expect(pathOf(new Set([new WeakMap()]))).toBe("value<member 0>");
    expect(pathOf(() => 1, "result")).toBe("result");
    expect(pathOf(new (class extends Map {})())).toBe("value");
    expect(pathOf(new Proxy(new Socket(), {}))).toBe("value");
  });

  test("says what it found", () => {
    const message = (value: unknown) => expect(() => encode(value, heap().thread, "args"));
    message([() => 1]).toThrow("Cannot send args[0] to another worker: it is a function");
    message(function named() {}).toThrow("it is the function named");
    message(Promise.resolve()).toThrow("it is a promise");
    message(new SharedArrayBuffer(1)).toThrow("SharedArrayBuffer, which must be copied first");
    message(new Uint8Array(new SharedArrayBuffer(1))).toThrow("must be copied first");
    message(new (class Foo {})()).toThrow("it is an instance of Foo");
  });
});

describe("sendable objects", () => {
  class Handle {
    readonly [sendable] = "test.Handle";
    descriptor: number;
    busy = false;
    constructor(descriptor: number) {
      this.descriptor = descriptor;
    }
  }
  const discarded: number[] = [];
  registerSendable<Handle, { descriptor: number }>("test.Handle", {
    is: (value) => value instanceof Handle,
    refuse: (value) => (value.busy ? "a handle in use" : undefined),
    detach(value) {
      const plain = { descriptor: value.descriptor };
      value.descriptor = -1;
      return plain;
    },
    restore(value, plain) {
      value.descriptor = plain.descriptor;
    },
    adopt: ({ descriptor }) => new Handle(descriptor),
    discard: ({ descriptor }) => discarded.push(descriptor),
  });

  test("leave here and come up there", () => {
    const handle = new Handle(7);
    const moved = move([handle, { again: handle }]) as [Handle, { again: Handle }];
    expect(moved[0].descriptor).toBe(7);
    expect(moved[1].again).toBe(moved[0]);
    expect(handle.descriptor).toBe(-1);
  });

  test("stay whole when another part cannot move", () => {
    const handle = new Handle(7);
    expect(() => move([handle, () => 1])).toThrow(NotSendError);
    expect(handle.descriptor).toBe(7);
    const busy = new Handle(8);
    busy.busy = true;
    expect(() => move({ handle, busy })).toThrow("Cannot send value.busy");
    expect(handle.descriptor).toBe(7);
  });

  test("stay whole when the memory is full", () => {
    const full = heap();
    full.fill();
    const handle = new Handle(7);
    expect(() => move([handle], full)).toThrow(OutOfMemoryError);
    expect(handle.descriptor).toBe(7);
  });

  test("are not dragged along by an error", () => {
    const handle = new Handle(7);
    expect(Object.keys(move(Object.assign(new Error("x"), { handle })))).toEqual([]);
    expect(handle.descriptor).toBe(7);
  });

  test("are given up with a message that nobody reads", () => {
    const { thread } = heap();
    const { kind, block, size } = encode([new Handle(9)], thread);
    discard(thread, kind, block, size);
    expect(discarded).toEqual([9]);
  });

  test("have names of their own", () => {
    const taken = () => registerSendable("test.Handle", undefined as never);
    expect(taken).toThrow('Cannot register sendable: the name "test.Handle" is taken');
  });
});

test("encode says where a value is nested too deeply, and moves what is not", () => {
  const memory = heap();
  const shapes: ((inner: unknown) => unknown)[] = [
    (inner) => [inner],
    (inner) => ({ next: inner }),
    (inner) => new Map([[1, inner]]),
    (inner) => new Set([inner]),
    (inner) => [inner, -0],
  ];
  for (const shape of shapes) {
    const nested = (depth: number) => {
      let value: unknown = 1;
      for (let level = 0; level < depth; level++) value = shape(value);
      return value;
    };
    expect(() => move(nested(500))).not.toThrow();
    expect(() => encode(nested(100_000), memory.thread)).toThrow(NotSendError);
  }
  let list: unknown;
  for (let level = 0; level < 1000; level++) list = { next: list };
  expect(() => encode([list], memory.thread, "args")).toThrow(
    "Cannot send args[0].next.next… to another worker: it is nested more than 500 deep",
  );
  // An error gets through without the cause that cannot.
  const error = new Error("deep", { cause: list });
  expect(move(error).message).toBe("deep");
  expect(move(error).cause).toBeUndefined();
});

test("encode leaves no block behind when it fails", () => {
  const memory = heap();
  for (const value of [() => 1, [1, Symbol("s")], new Map([[1, new WeakSet()]])]) {
    expect(() => encode(value, memory.thread)).toThrow(NotSendError);
  }
  expect(memory.live.size).toBe(0);
  memory.fill();
  expect(() => encode("text", memory.thread)).toThrow(OutOfMemoryError);
  expect(() => encode({ a: 1 }, memory.thread)).toThrow(OutOfMemoryError);
});

function printBig(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
