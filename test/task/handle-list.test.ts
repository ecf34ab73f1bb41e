import { describe, expect, test } from "vitest";
import { NotSendError } from "../../src/error/not-send.ts";
import { OutOfMemoryError } from "../../src/error/out-of-memory.ts";
import { decode, discard, encode } from "../../src/task/codec.ts";
import { registerSendable, sendable } from "../../src/task/send.ts";
import { heap } from "./memory.ts";

/** As the handles of primitives are: nothing moves but a stake, and what it is of. */
class Handle {
  stake: number;
  readonly of: string | undefined;
  readonly isBusy: boolean;

  constructor(stake: number, of?: string, isBusy = false) {
    this.stake = stake;
    this.of = of;
    this.isBusy = isBusy;
  }

  get [sendable](): string {
    return "test.Stake";
  }
}

const discarded: number[] = [];
registerSendable<Handle, { stake: number; of?: string }>("test.Stake", {
  isHandle: true,
  is: (value) => value instanceof Handle,
  refuse: ({ isBusy }) => (isBusy ? "a handle in use" : undefined),
  detach(handle) {
    const { stake, of } = handle;
    handle.stake = 0;
    return { stake, ...(of !== undefined && { of }) };
  },
  restore(handle, { stake }) {
    handle.stake = stake;
  },
  adopt: ({ stake, of }) => new Handle(stake, of),
  discard: ({ stake }) => discarded.push(stake),
});

/** The kind that what needs the serialiser has. */
const SPECIAL = 11;

describe("lists of handles and numbers", () => {
  test("move without the serialiser", () => {
    const memory = heap();
    const [first, second] = [new Handle(5, "u32"), new Handle(6)];
    const { kind, block, size, number } = encode([first, -0, second, Number.NaN], memory.thread);
    expect(kind).not.toBe(SPECIAL);
    expect([first.stake, second.stake]).toEqual([0, 0]);
    const moved = decode(memory.thread, kind, block, size, number);
    expect(moved).toEqual([new Handle(5, "u32"), -0, new Handle(6), Number.NaN]);
  });

  test("are given up if nobody reads them", () => {
    const memory = heap();
    const { kind, block, size } = encode([new Handle(7), 1, new Handle(8, "f64")], memory.thread);
    discard(memory.thread, kind, block, size);
    expect(discarded.splice(0)).toEqual([7, 8]);
  });

  test("fail where nobody knows their kind, and can be given up there", () => {
    const memory = heap();
    const { kind, block, size, number } = encode([new Handle(7), 1], memory.thread);
    // As another worker finds them, which has only the memory in common.
    const { bytes, u32, f64 } = memory.thread;
    const other = { bytes, u32, f64 } as typeof memory.thread;
    const name = u32[block >> 2] as number;
    bytes[name + 8] = "T".charCodeAt(0);
    expect(() => decode(other, kind, block, size, number)).toThrow(
      "Cannot receive Test.Stake: this worker has not registered it as sendable",
    );
    discard(other, kind, block, size);
    expect(discarded.splice(0)).toEqual([]);
  });

  test("keep that two items are one", () => {
    const memory = heap();
    const handle = new Handle(9);
    const { kind, block, size, number } = encode([handle, handle], memory.thread);
    const [one, other] = decode(memory.thread, kind, block, size, number) as Handle[];
    expect(one).toEqual(new Handle(9));
    expect(other).toBe(one);
  });

  test("stay whole if one of them cannot move", () => {
    const memory = heap();
    const handle = new Handle(3);
    const send = () => encode([handle, new Handle(4, "u32", true)], memory.thread, "args");
    expect(send).toThrow(NotSendError);
    expect(send).toThrow("args[1]");
    expect(handle.stake).toBe(3);
    expect(memory.live.size).toBe(0);
  });

  test("stay whole if there is no memory", () => {
    const memory = heap();
    memory.fill();
    const handle = new Handle(3);
    expect(() => encode([handle, 1], memory.thread)).toThrow(OutOfMemoryError);
    expect(handle.stake).toBe(3);
  });

  test("take the serialiser once there are too many kinds of them", () => {
    const memory = heap();
    const kinds = new Set<number>();
    for (let index = 0; index < 300; index++) {
      const { kind, block, size, number } = encode(
        [new Handle(1, `u8[${index}]`), 5],
        memory.thread,
      );
      const moved = decode(memory.thread, kind, block, size, number);
      expect(moved).toEqual([new Handle(1, `u8[${index}]`), 5]);
      kinds.add(kind);
    }
    expect(kinds.size).toBe(2);
  });
});
