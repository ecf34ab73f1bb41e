/** Tokio's `sync_mpsc.rs`: permits, and closing with permits out. */
import { ClosedError, mpsc, SendError } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import { inBothForms } from "./forms.ts";
import { Underway } from "./underway.ts";

const { begin } = Underway;

describe("sync_mpsc", () => {
  inBothForms(({ bounded, unbounded }) => {
    /** A closed channel with one permit out, and somebody who waits to receive. */
    async function closedWith<P>(reserve: (sender: mpsc.Sender<number>) => PromiseLike<P>) {
      const { sender, receiver } = bounded(1);
      const permit = await reserve(sender);
      receiver.close();
      const receiving = await begin(receiver.recv());
      expect(receiving.isPending).toBe(true);
      return { permit, receiving, sender };
    }

    test("recv_close_gets_none_idle", async () => {
      const { sender, receiver } = bounded(10);
      receiver.close();
      expect(await receiver.recv()).toBeUndefined();
      expect(await rejection(sender.send(1))).toBeInstanceOf(SendError);
    });

    test("recv_close_gets_none_reserved", async () => {
      const { sender, receiver } = bounded(1);
      const other = sender.clone();
      const permit = await sender.reserve();
      const waiting = await begin(other.reserve());
      receiver.close();
      expect(await waiting.failure()).toBeInstanceOf(ClosedError);
      const receiving = await begin(receiver.recv());
      expect(receiving.isPending).toBe(true);
      permit.send(123);
      expect(await receiving.value).toBe(123);
      expect(await receiver.recv()).toBeUndefined();
    });

    test("failed_reserve_many_wakes_closed_receiver", async () => {
      const { sender, receiver } = bounded(3);
      const held = await sender.reserve();
      const many = await begin(sender.reserveMany(3));
      receiver.close();
      const receiving = await begin(receiver.recv());
      expect(await many.failure()).toBeInstanceOf(ClosedError);
      held[Symbol.dispose]();
      expect(await receiving.value).toBeUndefined();
    });

    test("cancelled_reserve_many_wakes_closed_receiver", async () => {
      const { sender, receiver } = bounded(3);
      const held = await sender.reserve();
      const many = await begin(sender.reserveMany(3));
      sender[Symbol.dispose]();
      const receiving = await begin(receiver.recv());
      held[Symbol.dispose]();
      await many.drop();
      expect(await receiving.value).toBeUndefined();
    });

    test("failed_reserve_wakes_closed_receiver", async () => {
      const { sender, receiver } = bounded(1);
      const held = await sender.reserve();
      const waiting = await begin(sender.reserve());
      const receiving = await begin(receiver.recv());
      held[Symbol.dispose]();
      receiver.close();
      (await waiting.value)[Symbol.dispose]();
      expect(await receiving.value).toBeUndefined();
    });

    test("cancelled_reserve_wakes_closed_receiver", async () => {
      const { sender, receiver } = bounded(1);
      const held = await sender.reserve();
      const waiting = await begin(sender.reserve());
      held[Symbol.dispose]();
      receiver.close();
      await waiting.drop();
      expect(await receiver.recv()).toBeUndefined();
    });

    test("tx_close_gets_none", async () => {
      const { sender, receiver } = bounded(10);
      const receiving = await begin(receiver.recv());
      sender[Symbol.dispose]();
      expect(await receiving.value).toBeUndefined();
    });

    test("reserve_many_above_cap", () => {
      const { sender } = bounded(1);
      for (const count of [2, 1000, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
        expect(() => sender.reserveMany(count)).toThrow(RangeError);
      }
    });

    test("try_reserve_many_zero", async () => {
      const { sender, receiver } = bounded(1);
      expect([...(sender.tryReserveMany(0) ?? [0])]).toEqual([]);
      await sender.send(1);
      expect([...(sender.tryReserveMany(0) ?? [0])]).toEqual([]);
      receiver.close();
      expect(() => sender.tryReserveMany(0)).toThrow("nobody will receive");
    });

    test("try_reserve_many_edge_cases", () => {
      const { sender } = bounded(1);
      const none = sender.tryReserveMany(0);
      expect(none?.next()).toEqual({ done: true, value: undefined });
      for (const count of [2, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
        expect(sender.tryReserveMany(count)).toBeUndefined();
      }
    });

    test("try_reserve_fails", async () => {
      const { sender, receiver } = bounded(1);
      const permit = sender.tryReserve();
      expect(sender.tryReserve()).toBeUndefined();
      permit?.send(1);
      expect(sender.tryReserve()).toBeUndefined();
      expect(await receiver.recv()).toBe(1);
      const next = sender.tryReserve();
      expect(sender.tryReserve()).toBeUndefined();
      next?.[Symbol.dispose]();
      expect(sender.tryReserve()).toBeDefined();
    });

    test("reserve_many_and_send", async () => {
      const { sender, receiver } = bounded(100);
      for (let count = 0; count < 10; count++) {
        let value = 0;
        for (const permit of await sender.reserveMany(count)) permit.send(value++);
        for (value = 0; value < count; value++) expect(await receiver.recv()).toBe(value);
        expect(sender.capacity).toBe(100);
      }
    });

    test("try_reserve_many_and_send", () => {
      const { sender, receiver } = bounded(100);
      for (let count = 0; count < 10; count++) {
        let value = 0;
        for (const permit of sender.tryReserveMany(count) ?? []) permit.send(value++);
        for (value = 0; value < count; value++) expect(receiver.tryRecv()).toBe(value);
        expect(receiver.tryRecv()).toBe(mpsc.Empty);
      }
    });

    test("reserve_many_on_closed_channel", async () => {
      const { sender, receiver } = bounded(100);
      receiver[Symbol.dispose]();
      expect(await rejection(sender.reserveMany(10))).toBeInstanceOf(ClosedError);
    });

    test("try_reserve_many_on_closed_channel", () => {
      const { sender, receiver } = bounded(100);
      receiver.close();
      expect(() => sender.tryReserveMany(10)).toThrow(ClosedError);
    });

    test("try_reserve_many_full", () => {
      for (let capacity = 1; capacity < 10; capacity++) {
        for (let used = 0; used <= capacity; used++) {
          const { sender, receiver } = bounded(capacity);
          const permits = sender.tryReserveMany(capacity) as mpsc.PermitIterator<number>;
          expect([permits.length, sender.capacity]).toEqual([capacity, 0]);
          for (let sent = 0; sent < used; sent++) permits.next().value?.send(sent);
          expect(sender.tryReserveMany(1)).toBeUndefined();
          expect(permits.length).toBe(capacity - used);
          permits[Symbol.dispose]();
          expect(sender.capacity).toBe(capacity - used);
          expect(sender.tryReserveMany(capacity - used + 1)).toBeUndefined();
          for (let sent = 0; sent < used; sent++) expect(receiver.tryRecv()).toBe(sent);
          expect(sender.capacity).toBe(capacity);
        }
      }
    });

    test("drop_permit_releases_permit", async () => {
      const { sender } = bounded(1);
      const permit = await sender.reserve();
      const next = await begin(sender.clone().reserve());
      expect(next.isPending).toBe(true);
      permit[Symbol.dispose]();
      expect(await next.value).toBeInstanceOf(mpsc.Permit);
    });

    test("drop_permit_iterator_releases_permits", async () => {
      const { sender } = bounded(10);
      const permits = await sender.reserveMany(10);
      const next = await begin(sender.clone().reserveMany(10));
      expect(next.isPending).toBe(true);
      // To leave a loop gives back what was not asked for.
      for (const permit of permits) {
        permit[Symbol.dispose]();
        break;
      }
      expect((await next.value).length).toBe(10);
    });

    test("dropping_last_permit_wakes_closed_receiver", async () => {
      const { permit, receiving } = await closedWith((sender) => sender.reserve());
      permit[Symbol.dispose]();
      expect(await receiving.value).toBeUndefined();
    });

    test("dropping_last_owned_permit_wakes_closed_receiver", async () => {
      const { permit, receiving } = await closedWith((sender) => sender.reserveOwned());
      permit[Symbol.dispose]();
      expect(await receiving.value).toBeUndefined();
    });

    test("dropping_last_permit_iterator_wakes_closed_receiver", async () => {
      const { permit, receiving } = await closedWith((sender) => sender.reserveMany(1));
      permit[Symbol.dispose]();
      expect(await receiving.value).toBeUndefined();
    });

    test("sending_last_permit_wakes_closed_receiver", async () => {
      const { permit, receiving } = await closedWith((sender) => sender.reserve());
      permit.send(1);
      expect(await receiving.value).toBe(1);
    });

    test("sending_last_owned_permit_wakes_closed_receiver", async () => {
      const { permit, receiving, sender } = await closedWith((sender) => sender.reserveOwned());
      expect(permit.send(1)).toBe(sender);
      expect(await receiving.value).toBe(1);
    });

    test("releasing_last_owned_permit_wakes_closed_receiver", async () => {
      const { permit, receiving, sender } = await closedWith((sender) => sender.reserveOwned());
      expect(permit.release()).toBe(sender);
      expect(await receiving.value).toBeUndefined();
    });

    test("ready_close_cancel_bounded", async () => {
      const { sender, receiver } = bounded(100);
      const permit = await sender.reserve();
      receiver.close();
      const receiving = await begin(receiver.recv());
      expect(receiving.isPending).toBe(true);
      permit[Symbol.dispose]();
      expect(await receiving.value).toBeUndefined();
    });

    test("try_recv_after_receiver_close", () => {
      const { sender, receiver } = bounded(5);
      expect(receiver.tryRecv()).toBe(mpsc.Empty);
      receiver.close();
      expect(receiver.tryRecv()).toBe(mpsc.Disconnected);
      expect(sender.trySend(1)).toBe("closed");
    });

    test("try_recv_after_receiver_close_with_permit", () => {
      const { sender, receiver } = bounded(5);
      const permit = sender.tryReserve();
      receiver.close();
      expect(receiver.tryRecv()).toBe(mpsc.Empty);
      permit?.[Symbol.dispose]();
      expect(receiver.tryRecv()).toBe(mpsc.Disconnected);
    });

    test("try_recv_close_while_empty_bounded", () => {
      const { sender, receiver } = bounded(5);
      expect(receiver.tryRecv()).toBe(mpsc.Empty);
      sender[Symbol.dispose]();
      expect(receiver.tryRecv()).toBe(mpsc.Disconnected);
    });

    test("try_recv_close_while_empty_unbounded", () => {
      const { sender, receiver } = unbounded();
      expect(receiver.tryRecv()).toBe(mpsc.Empty);
      sender[Symbol.dispose]();
      expect(receiver.tryRecv()).toBe(mpsc.Disconnected);
    });
  });
});
