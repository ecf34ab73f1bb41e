/** Tokio's `sync_mpsc.rs`: sending and receiving. Closing and looking are in files beside. */
import { mpsc, SendError, SendTimeoutError, spawn, spawnBlocking } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";
import { collect, recvBlocked, sendAll, sendBlocked } from "./fixtures/channel-tasks.mjs";
import { runtimesOf } from "./flavors.ts";
import { inBothForms, shared } from "./forms.ts";
import { Underway } from "./underway.ts";

const { begin } = Underway;

describe("sync_mpsc", () => {
  inBothForms(({ bounded, unbounded }) => {
    test("send_recv_with_buffer", async () => {
      const { sender, receiver } = bounded(16);
      (await sender.reserve()).send(1);
      expect(sender.trySend(2)).toBe("ok");
      sender[Symbol.dispose]();
      expect([await receiver.recv(), await receiver.recv()]).toEqual([1, 2]);
      expect(await receiver.recv()).toBeUndefined();
    });

    test("send_recv_stream_with_buffer", async () => {
      const { sender, receiver } = bounded(16);
      spawn(async () => {
        using _end = sender;
        await sender.send(1);
        await sender.send(2);
      });
      const seen: number[] = [];
      for await (const value of receiver) seen.push(value);
      expect(seen).toEqual([1, 2]);
    });

    test("async_send_recv_with_buffer", async () => {
      const { sender, receiver } = bounded(16);
      spawn(async () => {
        using _end = sender;
        await sender.send(1);
        await sender.send(2);
      });
      expect([await receiver.recv(), await receiver.recv()]).toEqual([1, 2]);
      expect(await receiver.recv()).toBeUndefined();
    });

    test("async_send_recv_many_with_buffer", async () => {
      const { sender, receiver } = bounded(2);
      const into: number[] = [];
      expect(await receiver.recvMany(0, { into })).toBe(into);
      const sending = spawn(async () => {
        using _end = sender;
        for (const value of [7, 13, 100, 1002]) await sender.send(value);
      });
      const limit = 3;
      while (into.length < 4) {
        const before = into.length;
        await receiver.recvMany(limit, { into });
        expect(into.length - before).toBeGreaterThan(0);
        expect(into.length - before).toBeLessThanOrEqual(limit);
      }
      expect(into).toEqual([7, 13, 100, 1002]);
      expect(await receiver.recvMany(0)).toEqual([]);
      await sending;
      expect(await receiver.recvMany(limit)).toEqual([]);
    });

    test("start_send_past_cap", async () => {
      const { sender, receiver } = bounded(1);
      const other = sender.clone();
      expect(sender.trySend(0)).toBe("ok");
      const first = await begin(sender.reserve());
      const second = await begin(other.reserve());
      await first.drop();
      expect(second.isPending).toBe(true);
      sender[Symbol.dispose]();
      expect(await receiver.recv()).toBe(0);
      (await second.value)[Symbol.dispose]();
      other[Symbol.dispose]();
      expect(await receiver.recv()).toBeUndefined();
    });

    test("buffer_gteq_one", () => {
      expect(() => bounded(0)).toThrow("Cannot make channel: capacity must be a whole number");
    });

    test("send_recv_unbounded", async () => {
      const { sender, receiver } = unbounded();
      sender.send(1);
      sender.send(2);
      expect([await receiver.recv(), await receiver.recv()]).toEqual([1, 2]);
      sender[Symbol.dispose]();
      expect(await receiver.recv()).toBeUndefined();
    });

    test("send_recv_many_unbounded", async () => {
      const { sender, receiver } = unbounded();
      const into: number[] = [];
      for (const value of [7, 13, 100, 1002]) sender.send(value);
      sender[Symbol.dispose]();
      expect(await receiver.recvMany(0, { into })).toEqual([]);
      expect([...(await receiver.recvMany(2, { into }))]).toEqual([7, 13]);
      expect([...(await receiver.recvMany(1, { into }))]).toEqual([7, 13, 100]);
      expect([...(await receiver.recvMany(10, { into }))]).toEqual([7, 13, 100, 1002]);
      expect(await receiver.recvMany(10)).toEqual([]);
    });

    test("send_recv_many_bounded_capacity", async () => {
      const { sender, receiver } = bounded(9);
      const expected = Array.from({ length: 10 }, (_, at) => at);
      for (const value of expected.slice(0, -1)) await sender.send(value);
      const last = spawn(async () => {
        using _end = sender;
        await sender.send(9);
      });
      const seen: number[] = [];
      for (;;) {
        const some = await receiver.recvMany(4);
        if (some.length === 0) break;
        expect(some.length).toBeLessThanOrEqual(4);
        seen.push(...some);
      }
      await last;
      expect(seen).toEqual(expected);
    });

    test("recv_many_with_non_empty_buffer_bounded_rx_closed_and_idle", async () => {
      const { sender, receiver } = bounded(9);
      sender[Symbol.dispose]();
      expect(await receiver.recvMany(10, { into: [1, 2] })).toEqual([1, 2]);
    });

    test("recv_many_with_non_empty_buffer_unbounded_rx_closed_and_idle", async () => {
      const { sender, receiver } = unbounded();
      sender[Symbol.dispose]();
      expect(await receiver.recvMany(10, { into: [1, 2] })).toEqual([1, 2]);
    });

    test("async_send_recv_unbounded", async () => {
      const { sender, receiver } = unbounded();
      spawn(async () => {
        using _end = sender;
        sender.send(1);
        sender.send(2);
      });
      expect([await receiver.recv(), await receiver.recv()]).toEqual([1, 2]);
      expect(await receiver.recv()).toBeUndefined();
    });

    test("send_recv_stream_unbounded", async () => {
      const { sender, receiver } = unbounded();
      spawn(async () => {
        using _end = sender;
        sender.send(1);
        sender.send(2);
      });
      const seen: number[] = [];
      for await (const value of receiver) seen.push(value);
      expect(seen).toEqual([1, 2]);
    });

    test("send_recv_buffer_limited", async () => {
      const { sender, receiver } = bounded(1);
      const first = await sender.reserve();
      first.send(1);
      const second = await begin(sender.reserve());
      expect(sender.trySend(1337)).toBe("full");
      expect(await receiver.recv()).toBe(1);
      (await second.value).send(2);
      expect(await receiver.recv()).toBe(2);
    });

    test("try_send_fail", async () => {
      const { sender, receiver } = bounded(1);
      expect([sender.trySend(1), sender.trySend(2)]).toEqual(["ok", "full"]);
      expect(await receiver.recv()).toBe(1);
      expect(sender.trySend(3)).toBe("ok");
      sender[Symbol.dispose]();
      expect(await receiver.recv()).toBe(3);
      expect(await receiver.recv()).toBeUndefined();
    });

    test("try_send_fail_with_try_recv", () => {
      const { sender, receiver } = bounded(1);
      expect([sender.trySend(1), sender.trySend(2)]).toEqual(["ok", "full"]);
      expect(receiver.tryRecv()).toBe(1);
      expect(sender.trySend(3)).toBe("ok");
      sender[Symbol.dispose]();
      expect(receiver.tryRecv()).toBe(3);
      expect(receiver.tryRecv()).toBe(mpsc.Disconnected);
    });

    test("try_recv_bounded", () => {
      const { sender, receiver } = bounded(5);
      for (let refill = 0; refill < 3; refill++) {
        for (let value = 0; value < 5; value++) expect(sender.trySend(value)).toBe("ok");
        expect(sender.trySend(5)).toBe("full");
        for (let value = 0; value < 5; value++) expect(receiver.tryRecv()).toBe(value);
        expect(receiver.tryRecv()).toBe(mpsc.Empty);
      }
      sender.trySend(6);
      sender[Symbol.dispose]();
      expect(receiver.tryRecv()).toBe(6);
      expect(receiver.tryRecv()).toBe(mpsc.Disconnected);
    });

    test("try_recv_unbounded", () => {
      for (let count = 0; count < 100; count++) {
        const { sender, receiver } = unbounded();
        for (let value = 0; value < count; value++) sender.send(value);
        sender[Symbol.dispose]();
        for (let value = 0; value < count; value++) expect(receiver.tryRecv()).toBe(value);
        expect(receiver.tryRecv()).toBe(mpsc.Disconnected);
      }
    });

    test("recv_timeout", async () => {
      const { sender, receiver } = bounded(5);
      for (let value = 0; value < 5; value++) await sender.sendTimeout(value, 60_000);
      const late = (await rejection(sender.sendTimeout(5, 5))) as SendTimeoutError<number>;
      expect(late).toBeInstanceOf(SendTimeoutError);
      expect([late.name, late.value, late.afterMs]).toEqual(["SendTimeoutError", 5, 5]);
      receiver[Symbol.dispose]();
      const closed = (await rejection(sender.sendTimeout(6, 60_000))) as SendError<number>;
      expect(closed).toBeInstanceOf(SendError);
      expect(closed.value).toBe(6);
    });

    cannot("recv_timeout_panic", "outside of every runtime the default runtime is used");
  });

  describe("across workers", () => {
    const make = runtimesOf({ workerThreads: 2 });
    const { bounded, unbounded } = shared;

    test("async_send_recv_with_buffer", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const { sender, receiver } = bounded(16);
        const sending = spawn(sendAll, sender, 0, 1000);
        const all = await spawn(collect, receiver);
        await sending;
        expect(all).toEqual(Array.from({ length: 1000 }, (_, at) => at));
      });
    });

    test("async_send_recv_unbounded", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const { sender, receiver } = unbounded();
        const collecting = spawn(collect, receiver);
        for (let value = 0; value < 1000; value++) sender.send(value);
        sender[Symbol.dispose]();
        expect(await collecting).toHaveLength(1000);
      });
    });

    test("blocking_recv", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const { sender, receiver } = bounded(1);
        const waiting = spawnBlocking(recvBlocked, receiver);
        await sender.send(10);
        expect(await waiting).toBe(10);
      });
    });

    test("blocking_recv_async", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const { receiver } = bounded(1);
        const blocking = spawn(async () => receiver.blockingRecv());
        expect(((await rejection(blocking)) as Error).message).toContain("would block its worker");
      });
    });

    test("blocking_send", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const { sender, receiver } = bounded(1);
        const sending = spawnBlocking(sendBlocked, sender, 10);
        for (let value = 0; value < 10; value++) expect(await receiver.recv()).toBe(value);
        expect(await receiver.recv()).toBeUndefined();
        await sending;
      });
    });

    test("blocking_send_async", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const { sender } = bounded(1);
        const blocking = spawn(async () => sender.blockingSend(1));
        expect(((await rejection(blocking)) as Error).message).toContain("would block its worker");
      });
    });
  });
});
