/** Tokio's `sync_mpsc.rs`: what is dropped with a channel, and what is to be seen of one. */
import { ClosedError, mpsc, SendError } from "tokiwa";
import { describe, expect, test } from "vitest";
import { collected } from "../support/collected.ts";
import { rejection } from "../support/waiting.ts";
import { inBothForms } from "./forms.ts";

/** Puts objects into a channel that is dropped with them, and watches one. */
function dropWith(drop: (channel: mpsc.Channel<object>) => void): WeakRef<object> {
  const channel = mpsc.channel<object>(100);
  const message = {};
  channel.sender.trySend(message);
  drop(channel);
  return new WeakRef(message);
}

describe("sync_mpsc", () => {
  inBothForms(({ bounded, unbounded }) => {
    test("dropping_rx_closes_channel", async () => {
      const { sender, receiver } = bounded(100);
      await sender.send(1);
      receiver[Symbol.dispose]();
      expect(await rejection(sender.reserve())).toBeInstanceOf(ClosedError);
      expect(await rejection(sender.send(2))).toBeInstanceOf(SendError);
      expect(sender.isClosed).toBe(true);
    });

    test("dropping_rx_closes_channel_for_try", async () => {
      const { sender, receiver } = bounded(100);
      sender.trySend(1);
      receiver[Symbol.dispose]();
      expect(sender.trySend(2)).toBe("closed");
      expect(() => sender.tryReserve()).toThrow(ClosedError);
      expect(() => sender.tryReserveOwned()).toThrow(ClosedError);
      expect(sender.trySend(3)).toBe("closed");
    });

    test("test_tx_capacity", async () => {
      const { sender, receiver } = bounded(10);
      expect([sender.capacity, sender.maxCapacity]).toEqual([10, 10]);
      const permit = await sender.reserve();
      expect([sender.capacity, receiver.capacity]).toEqual([9, 9]);
      permit.send(1);
      await sender.send(2);
      expect([sender.capacity, sender.maxCapacity]).toEqual([8, 10]);
      await receiver.recv();
      expect([sender.capacity, receiver.maxCapacity]).toEqual([9, 10]);
    });

    test("test_rx_is_not_closed_when_there_are_permits_but_not_senders", () => {
      const { sender, receiver } = bounded(10);
      const permit = sender.tryReserveOwned();
      expect(() => sender.trySend(1)).toThrow("the Sender has moved to a permit");
      expect(receiver.isClosed).toBe(false);
      permit?.[Symbol.dispose]();
      expect(receiver.isClosed).toBe(true);
    });

    test("test_rx_is_not_empty_when_the_buffer_is_full", () => {
      const { sender, receiver } = bounded(10);
      while (sender.trySend(0) === "ok");
      expect([receiver.isEmpty, receiver.length]).toEqual([false, 10]);
    });

    test("test_rx_is_not_closed_when_there_are_senders_and_buffer_filled", () => {
      const { sender, receiver } = bounded(10);
      while (sender.trySend(0) === "ok");
      expect(receiver.isClosed).toBe(false);
    });

    test("test_rx_len_on_filled_channel", () => {
      const { sender, receiver } = bounded(10);
      while (sender.trySend(0) === "ok");
      expect(receiver.length).toBe(10);
    });

    test("test_rx_len_on_filled_channel_without_senders", () => {
      const { sender, receiver } = bounded(10);
      while (sender.trySend(0) === "ok");
      sender[Symbol.dispose]();
      expect(receiver.length).toBe(10);
    });

    test("test_is_empty_32_msgs", async () => {
      const { sender, receiver } = unbounded();
      for (let value = 0; value < 256; value++) sender.send(value);
      for (let value = 0; value < 256; value++) {
        expect(receiver.isEmpty).toBe(false);
        await receiver.recv();
      }
      expect(receiver.isEmpty).toBe(true);
    });

    // Upstream tests the same of both kinds, each under a name of its own.
    describe.each([
      ["test_rx", () => bounded(10)],
      ["test_rx_unbounded", () => ofBoth(unbounded())],
    ] as const)("%s", (prefix, make) => {
      const it = (name: string, body: (channel: mpsc.Channel<number>) => void | Promise<void>) =>
        test(`${prefix}_${name}`, () => body(make()));

      it("is_closed_when_calling_close_with_sender", ({ sender, receiver }) => {
        receiver.close();
        expect([receiver.isClosed, sender.isClosed]).toEqual([true, true]);
      });

      it("is_closed_when_dropping_all_senders", ({ sender, receiver }) => {
        const others = [sender.clone(), sender.clone()];
        sender[Symbol.dispose]();
        for (const other of others) {
          expect(receiver.isClosed).toBe(false);
          other[Symbol.dispose]();
        }
        expect(receiver.isClosed).toBe(true);
      });

      it("is_not_closed_when_there_are_senders", ({ receiver }) => {
        expect(receiver.isClosed).toBe(false);
      });

      it("is_closed_when_there_are_no_senders_and_there_are_messages", ({ sender, receiver }) => {
        sender.trySend(1);
        sender[Symbol.dispose]();
        expect(receiver.isClosed).toBe(true);
        expect(receiver.tryRecv()).toBe(1);
      });

      it("is_closed_when_there_are_messages_and_close_is_called", ({ sender, receiver }) => {
        sender.trySend(1);
        receiver.close();
        expect(receiver.isClosed).toBe(true);
      });

      for (const name of ["is_empty_when_no_messages_were_sent", "len_on_empty_channel"]) {
        it(name, ({ receiver }) => {
          expect([receiver.isEmpty, receiver.length]).toEqual([true, 0]);
        });
      }

      it("is_not_empty_when_there_are_messages_in_the_buffer", ({ sender, receiver }) => {
        sender.trySend(1);
        expect(receiver.isEmpty).toBe(false);
      });

      it("is_not_empty_when_all_but_one_messages_are_consumed", async ({ sender, receiver }) => {
        for (let value = 0; value < 10; value++) sender.trySend(value);
        await receiver.recvMany(9);
        expect(receiver.isEmpty).toBe(false);
      });

      it("is_empty_when_all_messages_are_consumed", async ({ sender, receiver }) => {
        for (let value = 0; value < 10; value++) sender.trySend(value);
        while (!receiver.isEmpty) await receiver.recv();
        expect(receiver.isEmpty).toBe(true);
      });

      it("is_empty_all_senders_are_dropped_and_messages_consumed", async (channel) => {
        const { sender, receiver } = channel;
        for (let value = 0; value < 10; value++) sender.trySend(value);
        sender[Symbol.dispose]();
        for (let value = 0; value < 10; value++) {
          expect(receiver.isEmpty).toBe(false);
          expect(await receiver.recv()).toBe(value);
        }
        expect(receiver.isEmpty).toBe(true);
      });

      it("len_on_empty_channel_without_senders", async ({ sender, receiver }) => {
        sender[Symbol.dispose]();
        expect(receiver.length).toBe(0);
        expect(await receiver.recv()).toBeUndefined();
        expect(receiver.length).toBe(0);
      });

      it("len_with_multiple_messages", ({ sender, receiver }) => {
        for (let value = 0; value < 10; value++) sender.trySend(value);
        expect(receiver.length).toBe(10);
      });

      it("len_with_multiple_messages_and_dropped_senders", ({ sender, receiver }) => {
        for (let value = 0; value < 10; value++) sender.trySend(value);
        sender[Symbol.dispose]();
        expect(receiver.length).toBe(10);
      });

      it("len_when_consuming_all_messages", async ({ sender, receiver }) => {
        for (let count = 1; count <= 10; count++) {
          sender.trySend(count);
          expect(receiver.length).toBe(count);
        }
        for (let left = 9; left >= 0; left--) {
          await receiver.recv();
          expect(receiver.length).toBe(left);
        }
      });

      it("len_when_close_is_called", ({ sender, receiver }) => {
        sender.trySend(1);
        receiver.close();
        expect(receiver.length).toBe(1);
      });

      it("len_when_close_is_called_before_dropping_sender", ({ sender, receiver }) => {
        sender.trySend(1);
        receiver.close();
        sender[Symbol.dispose]();
        expect(receiver.length).toBe(1);
      });

      it("len_when_close_is_called_after_dropping_sender", ({ sender, receiver }) => {
        sender.trySend(1);
        sender[Symbol.dispose]();
        receiver.close();
        expect(receiver.length).toBe(1);
      });
    });
  });

  test("dropping_rx_closes_channel releases buffered values", async () => {
    let kept: mpsc.Sender<object> | undefined;
    const message = dropWith(({ sender, receiver }) => {
      kept = sender;
      receiver[Symbol.dispose]();
    });
    await collected(message);
    expect(kept?.trySend({})).toBe("closed");
  });

  test("unconsumed_messages_are_dropped", async () => {
    await collected(
      dropWith(({ sender, receiver }) => {
        sender[Symbol.dispose]();
        receiver[Symbol.dispose]();
      }),
    );
  });
});

/** A channel without a limit, as one with room for whatever the test sends. */
function ofBoth({ sender, receiver }: mpsc.UnboundedChannel<number>): mpsc.Channel<number> {
  const trySend = sender.send.bind(sender);
  return { sender: Object.assign(sender, { trySend }), receiver } as never;
}
