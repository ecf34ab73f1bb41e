import {
  codec,
  mpsc,
  SendError,
  type SendTimeoutError,
  select,
  sleep,
  spawn,
  timeout,
} from "tokiwa";
import { describe, expect, test, vi } from "vitest";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";

describe("an mpsc channel", () => {
  test("carries the very values, in order, and makes senders wait", async () => {
    const { sender, receiver } = mpsc.channel<{ at: number }>(2);
    const values = Array.from({ length: 10 }, (_, at) => ({ at }));
    const sending = spawn(async () => {
      using _ends = sender;
      for (const value of values) await sender.send(value);
    });
    await turns();
    expect([receiver.length, sender.capacity, sender.maxCapacity]).toEqual([2, 0, 2]);
    const seen: object[] = [];
    for await (const value of receiver) seen.push(value);
    expect(seen.every((value, at) => value === values[at])).toBe(true);
    expect(seen).toHaveLength(10);
    await sending;
    expect(receiver.isClosed).toBe(true);
  });

  test("serves senders in order, and forgets one that is given up", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    await sender.send(0);
    const first = spawn(async () => await sender.send(1));
    const second = spawn(async () => await sender.send(2));
    await turns();
    first.abort();
    await expect(timeout(1, sender.send(3))).rejects.toThrow("have passed");
    expect([await receiver.recv(), await receiver.recv()]).toEqual([0, 2]);
    await second;
    expect(receiver.tryRecv()).toBe(mpsc.Empty);
  });

  test.each([
    ["local", undefined],
    ["shared", codec.structured<string>()],
  ])("has not sent for a sender that gives up, even at the last moment, %s", async (_, kind) => {
    const { sender, receiver } = mpsc.channel<string>(1, kind);
    await sender.send("first");
    const task = spawn(function* () {
      yield* sender.send("given up");
    });
    await turns();
    expect(receiver.tryRecv()).toBe("first");
    task.abort();
    await rejection(task);
    expect(receiver.tryRecv()).toBe(mpsc.Empty);
    expect(sender.capacity).toBe(1);
  });

  test("tells senders that their receiver is gone, and gives the value back", async () => {
    const { sender, receiver } = mpsc.channel<string>(1);
    await sender.send("kept");
    const waiting = rejection(sender.send("lost"));
    const closed = spawn(async () => await sender.closed());
    await turns();
    receiver.close();
    const error = (await waiting) as SendError<string>;
    expect(error).toBeInstanceOf(SendError);
    expect([error.name, error.value]).toEqual(["SendError", "lost"]);
    await closed;
    expect(sender.trySend("late")).toBe("closed");
    expect(await receiver.recv()).toBe("kept");
    expect(await receiver.recv()).toBeUndefined();
    expect(receiver.tryRecv()).toBe(mpsc.Disconnected);
  });

  test("reserves room", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const permit = await sender.reserve();
    expect(sender.trySend(1)).toBe("full");
    permit.send(2);
    expect(await receiver.recv()).toBe(2);
    const unused = await sender.reserve();
    const next = spawn(async () => await sender.reserve());
    unused[Symbol.dispose]();
    (await next).send(3);
    expect(await receiver.recvMany(5)).toEqual([3]);
    receiver[Symbol.dispose]();
    expect(String(await rejection(sender.reserve()))).toContain("nobody will receive");
  });

  test("moves a sender into a permit, and gives it back", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const permit = await sender.reserveOwned();
    expect(() => sender.trySend(1)).toThrow("the Sender has moved to a permit");
    expect(permit.send(1).tryReserveOwned()).toBeUndefined();
    expect(() => permit.send(2)).toThrow("Cannot send: the Permit was disposed");
    expect(() => permit.release()).toThrow("Cannot release permit: the Permit was disposed");
    permit[Symbol.dispose]();
    expect(sender.isClosed).toBe(false);

    const first = spawn(async () => await sender.reserveOwned());
    const second = Promise.resolve(sender.clone().reserveOwned());
    await turns();
    first.abort();
    expect(await receiver.recv()).toBe(1);
    await turns();
    expect(sender.trySend(3)).toBe("full");
    expect((await second).release().trySend(4)).toBe("ok");
  });

  test("has no room for a sender that was given up while it waited", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    await sender.send(1);
    const other = sender.clone();
    const waiting = rejection(other.reserveOwned());
    await turns();
    other[Symbol.dispose]();
    await receiver.recv();
    expect(String(await waiting)).toContain("Cannot reserve: the Sender was disposed");
    expect(sender.capacity).toBe(1);
  });

  test("waits no longer than it is told to", async () => {
    const { sender, receiver } = mpsc.channel<string>(1);
    await sender.sendTimeout("first", 1000);
    const late = (await rejection(sender.sendTimeout("late", 1))) as SendTimeoutError;
    expect([late.value, late.message]).toEqual(["late", "Cannot wait longer: 1 ms have passed"]);
    const controller = new AbortController();
    const { signal } = controller;
    const waits = [
      sender.send("lost", { signal }),
      sender.sendTimeout("lost", 60_000, { signal }),
      sender.reserve({ signal }),
      sender.reserveMany(1, { signal }),
      sender.reserveOwned({ signal }),
      sender.closed({ signal }),
    ].map((wait) => rejection(wait));
    await turns();
    controller.abort("enough");
    expect(new Set(await Promise.all(waits))).toEqual(new Set(["enough"]));
    expect(await receiver.recvMany(9)).toEqual(["first"]);
    expect(sender.capacity).toBe(1);
  });

  test("is read by one loop after the other", async () => {
    const { sender, receiver } = mpsc.unboundedChannel<number>();
    for (let at = 0; at < 6; at++) sender.send(at);
    sender[Symbol.dispose]();
    const seen: number[][] = [[], []];
    for await (const value of receiver) {
      seen[0]?.push(value);
      if (value === 2) break;
    }
    expect(receiver.length).toBe(3);
    for await (const value of receiver) seen[1]?.push(value);
    expect(seen).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  test("ends with its last sender, whatever weak ones there are", async () => {
    const { sender, receiver } = mpsc.channel<number>(4);
    const other = sender.clone();
    const weak = sender.downgrade();
    expect([sender.strongCount, sender.weakCount]).toEqual([2, 1]);
    expect(sender.sameChannel(other)).toBe(true);
    sender[Symbol.dispose]();
    const upgraded = weak.upgrade();
    await upgraded?.send(1);
    upgraded?.[Symbol.dispose]();
    other[Symbol.dispose]();
    expect(weak.upgrade()).toBeUndefined();
    expect(await receiver.recvMany(10)).toEqual([1]);
    expect(await receiver.recvMany(10)).toEqual([]);
    expect(() => other.trySend(1)).toThrow("Cannot send: the Sender was disposed");
  });

  test("without a limit never makes a sender wait", async () => {
    const { sender, receiver } = mpsc.unboundedChannel<number | undefined>();
    for (let at = 0; at < 100; at++) sender.send(at);
    sender.send(undefined);
    expect(await receiver.recvMany(1000)).toHaveLength(101);
    sender.send(undefined);
    sender[Symbol.dispose]();
    const seen: unknown[] = [];
    for await (const value of receiver) seen.push(value);
    expect(seen).toEqual([undefined]);
  });

  test("gives what came before a message that cannot be read, whose receiver is told", async () => {
    const Decoder = TextDecoder;
    class Failing extends Decoder {
      override decode(bytes: Uint8Array): string {
        const text = super.decode(bytes);
        if (text === "too long") throw new RangeError("Array buffer allocation failed");
        return text;
      }
    }
    const { sender, receiver } = mpsc.channel(8, codec.string);
    for (const text of ["one", "two", "too long", "four"]) await sender.send(text);
    vi.stubGlobal("TextDecoder", Failing);
    expect(await receiver.recvMany(9)).toEqual(["one", "two"]);
    await expect(Promise.resolve(receiver.recvMany(9))).rejects.toThrow("allocation failed");
    vi.unstubAllGlobals();
    expect(await receiver.recvMany(9)).toEqual(["four"]);
  });

  test("loses nothing when a receive is given up", async () => {
    const { sender, receiver } = mpsc.channel<number>(8);
    for (let round = 0; round < 20; round++) {
      const task = spawn(function* () {
        return yield* receiver.recv();
      });
      await sleep(round % 2);
      sender.trySend(round);
      task.abort();
      const came = await task.then(
        (value) => value,
        () => undefined,
      );
      expect(came ?? (await receiver.recv())).toBe(round);
    }
  });

  test.each([
    ["local", undefined],
    ["shared", codec.u32],
  ])("lets others go, however much there is to do at once, %s", async (_, kind) => {
    const { sender, receiver } = mpsc.channel<number>(1, kind);
    const isOver = { sends: false, failures: false, steps: false };
    const after = async (name: keyof typeof isOver) => {
      await sleep(1);
      isOver[name] = true;
    };
    void after("sends");
    // Each ends only if the timer has its turn.
    while (!isOver.sends) {
      await sender.send(1);
      await receiver.recv();
    }
    void after("steps");
    await spawn(function* () {
      while (!isOver.steps) {
        yield* sender.send(1);
        yield* receiver.recv();
      }
    });
    receiver.close();
    void after("failures");
    while (!isOver.failures) await rejection(sender.send(1));
  });

  test("has all who wait for the same message ask, and one of them gets it", async () => {
    const { sender, receiver } = mpsc.channel<number>(4);
    const both = select({ one: receiver.recv(), other: receiver.recv() });
    const third = spawn(async () => await receiver.recv());
    await turns();
    sender.trySend(1);
    sender.trySend(2);
    expect([(await both).value, await third].sort()).toEqual([1, 2]);
    expect(receiver.tryRecv()).toBe(mpsc.Empty);
  });

  test("says what is wrong", async () => {
    expect(() => mpsc.channel(0)).toThrow("Cannot make channel: capacity must be a whole number");
    const { sender, receiver } = mpsc.channel(1, codec.u32);
    expect(() => sender.reserveMany(2)).toThrow("count must be a whole number from 0 to 1, got 2");
    expect(() => sender.tryReserveMany(-1)).toThrow("Cannot reserve: count must be a whole");
    expect(() => sender.sendTimeout(1, Number.NaN)).toThrow(RangeError);
    expect(() => receiver.recvMany(-1)).toThrow("Cannot receive: limit must be a whole number");
    expect(() => receiver.recvMany(1, { inot: [] } as never)).toThrow('"inot"');
    const permit = await sender.reserve();
    expect(() => permit.send(-1)).toThrow("Cannot send: message must be a whole number from 0");
    permit[Symbol.dispose]();
    expect(() => sender.trySend(-1)).toThrow("Cannot send: message must be a whole number from 0");
    expect(String(await rejection(sender.send("x" as never)))).toContain('got "x"');
    expect(sender.capacity).toBe(1);
    const typed = mpsc.channel(1, codec.structured<unknown>());
    expect(String(await rejection(typed.sender.send(() => {})))).toContain("message");
    expect(String(await rejection(typed.sender.send([sender])))).toContain("a handle in it");
    expect(() => sender.trySend(1)).not.toThrow();
  });
});

describe("a codec", () => {
  test.each([
    ["bool", codec.bool, [true, false]],
    ["i8", codec.i8, [-128, 127]],
    ["u16", codec.u16, [0, 65535]],
    ["i32", codec.i32, [-(2 ** 31), 2 ** 31 - 1]],
    ["u64", codec.u64, [0n, 2n ** 64n - 1n]],
    ["i64", codec.i64, [-(2n ** 63n), -1n]],
    ["f32", codec.f32, [0.5, -0]],
    ["f64", codec.f64, [0.1, Number.NaN, Number.POSITIVE_INFINITY]],
    ["string", codec.string, ["", "wörld 🌍"]],
    ["structured", codec.structured(), [{ a: [1, "x", new Map([[1, 2]])] }, 5, null, "text", [7]]],
    [
      "struct",
      codec.struct({ a: codec.u8, b: codec.f64, c: codec.bool, d: codec.i64 }),
      [{ a: 255, b: -1.5, c: true, d: -5n }],
    ],
  ] as const)("carries what is %s, and refuses the rest", async (_name, kind, values) => {
    const { sender, receiver } = mpsc.channel<unknown>(1, kind as never);
    for (const value of values) {
      await sender.send(value);
      expect(await receiver.recv()).toEqual(value);
    }
    if (kind.name !== "structured") expect(() => sender.trySend(Symbol("x"))).toThrow(TypeError);
  });

  test("is known by its name, and refuses fields that are no numbers", () => {
    const fields = { id: codec.u32, price: codec.f64 };
    expect(codec.struct(fields).name).toBe("{ id: u32, price: f64 }");
    expect(() => codec.struct({ id: codec.string as never })).toThrow("fields must be names of");
    expect(() => codec.struct({})).toThrow("Cannot make codec");
  });
});
