/** Typed arrays between TypeScript and a guest's tasks: each is what it was on the other side. */
import { codec, type GuestTask, type JoinError, mpsc, Runtime } from "tokiwa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { wrong } from "../support/misuse.ts";
import { rejection } from "../support/waiting.ts";

type Numbers = ArrayLike<number | bigint>;

interface Arrays extends Readonly<Record<string, GuestTask<[values: Numbers], Numbers>>> {}

interface Others {
  readonly twice: GuestTask<[bytes: ArrayBuffer, values: Float64Array, times: number], number>;
  readonly asked: GuestTask<[], number>;
  readonly summed: GuestTask<[mpsc.Receiver<ArrayBuffer>], number>;
}

const KINDS: Readonly<Record<string, Numbers>> = {
  int8: Int8Array.of(-1, 2, -128),
  uint8: Uint8Array.of(1, 2, 255),
  clamped: Uint8ClampedArray.of(1, 2, 255),
  int16: Int16Array.of(-1, 2, -32_768),
  uint16: Uint16Array.of(1, 2, 65_535),
  int32: Int32Array.of(-1, 2, 3),
  uint32: Uint32Array.of(1, 2, 2 ** 32 - 1),
  int64: BigInt64Array.of(-1n, 2n, 3n),
  uint64: BigUint64Array.of(1n, 2n, 2n ** 64n - 1n),
  float32: Float32Array.of(0.5, -1, Infinity),
  float64: Float64Array.of(0.1, -1, Number.NaN),
};

let runtime: Runtime;
let arrays: Arrays;
let others: Others;

beforeAll(async () => {
  runtime = await Runtime.create({ workerThreads: 2 });
  const functions = { halved: (values: Float32Array) => values.map((value) => value / 2) };
  const guest = await runtime.load(await buildFixture("arrays"), { functions });
  arrays = guest as unknown as Arrays;
  others = guest as unknown as Others;
}, 120_000);

afterAll(() => runtime.shutdown());

describe("a typed array", () => {
  test.each(Object.keys(KINDS))("is taken and given by a task: %s", async (kind) => {
    const task = arrays[kind] as GuestTask<[Numbers], Numbers>;
    const values = KINDS[kind] as Numbers;
    const reversed = await runtime.spawn(task, values);
    expect(reversed.constructor).toBe(values.constructor);
    expect(Array.from(reversed)).toEqual(Array.from(values).reverse());
  });

  test("may be a part of its buffer, and empty", async () => {
    const task = arrays.float64 as GuestTask<[Numbers], Numbers>;
    const whole = Float64Array.of(1, 2, 3, 4);
    expect(Array.from(await runtime.spawn(task, whole.subarray(1, 3)))).toEqual([3, 2]);
    expect(await runtime.spawn(task, new Float64Array(0))).toEqual(new Float64Array(0));
    const bytes = new ArrayBuffer(3);
    expect(await runtime.spawn(others.twice, bytes, whole, 2)).toBe(23);
  });

  test("is taken and given by a TypeScript function", async () => {
    expect(await runtime.spawn(others.asked)).toBe(2.5);
  });

  test("of another kind is refused", () => {
    const task = arrays.float64 as GuestTask<[Numbers], Numbers>;
    expect(() => runtime.spawn(task, new Float32Array(2))).toThrow(
      "argument 1 must be a Float64Array, got an instance of Float32Array",
    );
    expect(() => runtime.spawn(task, wrong(new ArrayBuffer(8)))).toThrow("must be a Float64Array");
  });

  test("of a message has whole elements, or its reader traps", async () => {
    await runtime.run(async () => {
      const parts = mpsc.unboundedChannel(codec.buffer);
      const task = runtime.spawn(others.summed, parts.receiver);
      parts.sender.send(Float64Array.of(1, 2).buffer);
      parts.sender.send(new ArrayBuffer(17));
      const { cause } = (await rejection(task)) as JoinError;
      expect((cause as Error).message).toContain(
        "Cannot read value: its bytes are no whole number of elements",
      );
      parts.sender[Symbol.dispose]();
    });
  });
});
