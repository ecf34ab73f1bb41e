/** Tokio's `sync_oneshot.rs`. */
import { ClosedError, oneshot, spawn, spawnBlocking } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import { drop, recvBlocked, reply } from "./fixtures/channel-tasks.mjs";
import { runtimesOf } from "./flavors.ts";
import { inBothForms, shared } from "./forms.ts";
import { Underway } from "./underway.ts";

const { begin } = Underway;

describe("sync_oneshot", () => {
  inBothForms((form) => {
    test("send_recv", async () => {
      const { sender, receiver } = form.oneshot();
      const receiving = await begin(receiver.recv());
      expect(receiving.isPending).toBe(true);
      expect(sender.send(1)).toBe(true);
      expect(await receiving.value).toBe(1);
    });

    test("close_tx", async () => {
      const { sender, receiver } = form.oneshot();
      const receiving = await begin(receiver.recv());
      sender[Symbol.dispose]();
      expect(await receiving.failure()).toBeInstanceOf(ClosedError);
    });

    test("close_rx", async () => {
      const first = form.oneshot();
      first.receiver[Symbol.dispose]();
      expect(first.sender.isClosed).toBe(true);
      expect(first.sender.send(1)).toBe(false);
      const second = form.oneshot();
      const closed = await begin(second.sender.closed());
      expect([closed.isPending, second.sender.isClosed]).toEqual([true, false]);
      second.receiver[Symbol.dispose]();
      await closed.value;
      expect(second.sender.isClosed).toBe(true);
      expect(second.sender.send(1)).toBe(false);
    });

    test("async_rx_closed", async () => {
      const { sender, receiver } = form.oneshot();
      const closed = spawn(async () => {
        await sender.closed();
        return sender.isClosed;
      });
      spawn(async () => receiver[Symbol.dispose]());
      expect(await closed).toBe(true);
    });

    test("explicit_close_poll", async () => {
      const first = form.oneshot();
      expect(first.sender.send(17)).toBe(true);
      first.receiver.close();
      expect(await first.receiver.recv()).toBe(17);

      const second = form.oneshot();
      const closed = await begin(second.sender.closed());
      second.receiver.close();
      await closed.value;
      expect([second.sender.isClosed, second.sender.send(1)]).toEqual([true, false]);
      expect(await rejection(second.receiver.recv())).toBeInstanceOf(ClosedError);

      const third = form.oneshot();
      third.receiver.close();
      expect([third.sender.isClosed, third.sender.send(1)]).toEqual([true, false]);
      expect(await rejection(third.receiver.recv())).toBeInstanceOf(ClosedError);
    });

    test("explicit_close_try_recv", () => {
      const first = form.oneshot();
      expect(first.sender.send(17)).toBe(true);
      first.receiver.close();
      expect(first.receiver.tryRecv()).toBe(17);
      const second = form.oneshot();
      second.receiver.close();
      expect(second.sender.isClosed).toBe(true);
      expect(second.receiver.tryRecv()).toBe(oneshot.Disconnected);
    });

    test("close_try_recv_poll", async () => {
      const { receiver } = form.oneshot();
      receiver.close();
      expect(receiver.tryRecv()).toBe(oneshot.Disconnected);
      expect(await rejection(receiver.recv())).toBeInstanceOf(ClosedError);
    });

    test("close_after_recv", async () => {
      const { sender, receiver } = form.oneshot();
      sender.send(17);
      expect(await receiver.recv()).toBe(17);
      receiver.close();
    });

    test("try_recv_after_completion", () => {
      const { sender, receiver } = form.oneshot();
      sender.send(17);
      expect(receiver.tryRecv()).toBe(17);
      expect(receiver.tryRecv()).toBe(oneshot.Disconnected);
      receiver.close();
    });

    test("try_recv_after_completion_await", async () => {
      const { sender, receiver } = form.oneshot();
      sender.send(17);
      expect(await receiver.recv()).toBe(17);
      expect(receiver.tryRecv()).toBe(oneshot.Disconnected);
      receiver.close();
    });

    test("receiver_is_terminated_send", async () => {
      const { sender, receiver } = form.oneshot();
      expect(receiver.isTerminated).toBe(false);
      sender.send(17);
      expect(receiver.isTerminated).toBe(false);
      expect(await receiver.recv()).toBe(17);
      expect(receiver.isTerminated).toBe(true);
    });

    test("receiver_is_terminated_try_recv", () => {
      const { sender, receiver } = form.oneshot();
      expect(receiver.tryRecv()).toBe(oneshot.Empty);
      sender.send(17);
      expect(receiver.isTerminated).toBe(false);
      expect(receiver.tryRecv()).toBe(17);
      expect(receiver.isTerminated).toBe(true);
    });

    test("receiver_is_terminated_drop", async () => {
      const { sender, receiver } = form.oneshot();
      sender[Symbol.dispose]();
      expect(receiver.isTerminated).toBe(false);
      await rejection(receiver.recv());
      expect(receiver.isTerminated).toBe(true);
    });

    test("receiver_is_empty_send", async () => {
      const { sender, receiver } = form.oneshot();
      expect(receiver.isEmpty).toBe(true);
      sender.send(17);
      expect(receiver.isEmpty).toBe(false);
      await receiver.recv();
      expect(receiver.isEmpty).toBe(true);
    });

    test("receiver_is_empty_try_recv", () => {
      const { sender, receiver } = form.oneshot();
      sender.send(17);
      expect(receiver.isEmpty).toBe(false);
      receiver.tryRecv();
      expect(receiver.isEmpty).toBe(true);
    });

    test("receiver_is_empty_drop", async () => {
      const { sender, receiver } = form.oneshot();
      sender[Symbol.dispose]();
      expect(receiver.isEmpty).toBe(true);
      await rejection(receiver.recv());
      expect(receiver.isEmpty).toBe(true);
    });

    test("receiver_is_empty_rx_close", () => {
      const { receiver } = form.oneshot();
      receiver.close();
      expect(receiver.isEmpty).toBe(true);
    });
  });

  describe("across workers", () => {
    const make = runtimesOf({ workerThreads: 2 });

    test("send_recv", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const { sender, receiver } = shared.oneshot();
        spawn(reply, sender, 17).detach();
        expect(await receiver.recv()).toBe(17);
      });
    });

    test("close_tx", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const { sender, receiver } = shared.oneshot();
        spawn(drop, sender).detach();
        expect(await rejection(receiver.recv())).toBeInstanceOf(ClosedError);
      });
    });

    test("async_rx_closed", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const { sender, receiver } = shared.oneshot();
        spawn(drop, receiver).detach();
        await sender.closed();
        expect(sender.send(1)).toBe(false);
      });
    });

    test("blocking_recv", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const { sender, receiver } = shared.oneshot();
        const waiting = spawnBlocking(recvBlocked, receiver);
        sender.send(17);
        expect(await waiting).toBe(17);
      });
    });
  });
});
