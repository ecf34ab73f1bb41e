import { broadcast, codec, LaggedError, PENDING, Runtime, SendError, spawn, timeout } from "tokiwa";
import { task } from "tokiwa/test";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collected } from "../support/collected.ts";
import { levelsOff } from "../support/leaks.ts";
import { refused, wrong } from "../support/misuse.ts";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";
import { hold } from "./fixtures/tasks.mjs";

describe("a broadcast", () => {
  test("carries the very values to all, in order", async () => {
    const { sender, receiver } = broadcast.channel<object>(4);
    const values = [{}, {}, {}];
    const receivers = [receiver, sender.subscribe(), sender.subscribe()];
    const seen = receivers.map(async (each) => {
      const all: object[] = [];
      for await (const value of each) all.push(value);
      return all;
    });
    for (const value of values) expect(sender.send(value)).toBe(3);
    sender[Symbol.dispose]();
    for (const all of await Promise.all(seen)) {
      expect(all.map((value, at) => value === values[at])).toEqual([true, true, true]);
    }
  });

  test("tells a loop that it has lagged, and another one goes on", async () => {
    const { sender, receiver } = broadcast.channel<number>(2);
    const seen: number[] = [];
    const listen = async () => {
      for await (const value of receiver) seen.push(value);
    };
    for (const value of [1, 2, 3, 4, 5]) sender.send(value);
    const error = (await rejection(listen())) as LaggedError;
    expect(error).toBeInstanceOf(LaggedError);
    expect([error.skipped, error.message]).toEqual([
      3,
      "Cannot receive in time: messages were lost, 3 of them",
    ]);
    sender[Symbol.dispose]();
    await listen();
    expect(seen).toEqual([4, 5]);
  });

  test("carries undefined, which is no end", async () => {
    const { sender, receiver } = broadcast.channel<undefined>(2);
    sender.send(undefined);
    sender.send(undefined);
    expect(receiver.tryRecv()).toBe(undefined);
    sender[Symbol.dispose]();
    expect(await receiver.recv()).toBe(undefined);
    expect(receiver.tryRecv()).toBe(broadcast.Disconnected);
    expect(String(await rejection(receiver.recv()))).toContain("all senders are gone");
  });

  test("loses nothing when a receive is given up", async () => {
    const { sender, receiver } = broadcast.channel<number>(8, codec.u32);
    await expect(timeout(1, receiver.recv())).rejects.toThrow("have passed");
    const stop = new AbortController();
    const waiting = rejection(receiver.recv({ signal: stop.signal }));
    await turns();
    stop.abort("enough");
    expect(await waiting).toBe("enough");
    const woken = task(receiver.recv());
    expect(woken.poll()).toBe(PENDING);
    sender.send(7);
    expect(woken.isWoken).toBe(true);
    woken[Symbol.dispose]();
    expect(receiver.length).toBe(1);
    expect(receiver.tryRecv()).toBe(7);
  });

  test("ends every wait of a receiver that is given up, and no other's", async () => {
    for (const form of [undefined, codec.u32]) {
      const { sender, receiver } = broadcast.channel(4, form);
      const other = sender.subscribe();
      const waits = [receiver.recv(), receiver.recv()].map(rejection);
      const next = spawn(async () => await other.recv());
      await turns();
      receiver[Symbol.dispose]();
      for (const wait of waits) {
        expect(String(await wait)).toBe("ClosedError: Cannot receive: the Receiver was disposed");
      }
      expect(sender.send(7)).toBe(1);
      expect(await next).toBe(7);
    }
  });

  test("keeps no value that nobody has to read", async () => {
    const { sender, receiver } = broadcast.channel<object>(16);
    const other = sender.subscribe();
    const kept = [new WeakRef({}), new WeakRef({})] as const;
    for (const each of kept) sender.send(each.deref() as object);
    receiver.tryRecv();
    other.tryRecv();
    receiver.tryRecv();
    other[Symbol.dispose]();
    for (const each of kept) await collected(each);
    expect(sender.receiverCount).toBe(1);
  });

  test("gives a value back that nobody takes", () => {
    const sender = new broadcast.Sender<string>(1);
    const error = (() => {
      try {
        sender.send("lost");
      } catch (reason) {
        return reason as SendError<string>;
      }
    })();
    expect(error).toBeInstanceOf(SendError);
    expect(error?.value).toBe("lost");
  });

  test("says what is wrong", () => {
    const { sender, receiver } = broadcast.channel(1, codec.u32);
    receiver[Symbol.dispose]();
    refused([
      [
        () => broadcast.channel(1, wrong("u32")),
        'TypeError: Cannot make broadcast: codec must be a codec, got "u32"',
      ],
      [
        () => broadcast.channel(wrong("1")),
        "RangeError: Cannot make broadcast: " +
          'capacity must be a whole number from 1 to 2097152, got "1"',
      ],
      [
        () => sender.send(-1),
        "TypeError: Cannot send: message must be a whole number from 0 to 4294967295, got -1",
      ],
      [() => sender.send(1), "SendError: Cannot send: nobody will receive it"],
      [() => receiver.tryRecv(), "ClosedError: Cannot receive: the Receiver was disposed"],
    ]);
  });
});

describe("a broadcast of a runtime", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await Runtime.create({ workerThreads: 2 });
  });
  afterAll(() => runtime.shutdown());

  test("stays on its worker without a codec", () =>
    runtime.run(async () => {
      const { sender } = broadcast.channel<number>(1);
      expect(() => spawn(hold, wrong(sender), wrong(undefined))).toThrow(
        "the end of a channel without a codec",
      );
    }));

  test("leaves nothing behind", () =>
    runtime.run(async () => {
      await levelsOff(runtime.metrics, async () => {
        for (let time = 0; time < 300; time++) {
          const texts = broadcast.channel(4, codec.string);
          const other = texts.sender.subscribe();
          for (let at = 0; at < 9; at++) texts.sender.send(`message ${at}`);
          expect(await rejection(other.recv())).toMatchObject({ skipped: 5 });
          expect(await other.recv()).toBe("message 5");
          for (const end of [texts.receiver, texts.sender, other]) end[Symbol.dispose]();
        }
      });
    }));
});
