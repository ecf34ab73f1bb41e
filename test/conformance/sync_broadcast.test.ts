/** Upstream's `sync_broadcast`: messages that every receiver gets. */
import {
  broadcast,
  hasBudgetRemaining,
  join,
  PENDING,
  pollFn,
  SendError,
  select,
  spawn,
  yieldNow,
} from "tokiwa";
import { task } from "tokiwa/test";
import { describe, expect, test } from "vitest";
import { collected } from "../support/collected.ts";
import type { Placed } from "../support/placed.ts";
import { seeded } from "../support/random.ts";
import { rejection } from "../support/waiting.ts";
import { type Form, inBothForms, inEveryForm } from "./value-forms.ts";

type Rx = Placed<broadcast.Receiver<number>>;

const EMPTY = "empty";
const lagged = (skipped: number) => ({ name: "LaggedError", skipped });
const closed = { name: "ClosedError" };

/** A broadcast of one form, whose receivers are where that puts them. */
function open(form: Form, capacity: number) {
  const { sender, receiver } = broadcast.channel<number>(capacity, form.codec());
  const sendAll = (...values: number[]) => values.map((value) => sender.send(value));
  return { tx: sender, rx: form.place(receiver), sendAll };
}

const tryFails = async (rx: Rx) => await rejection(rx.tryRecv());

async function expectAll(rx: Rx, ...values: unknown[]): Promise<void> {
  for (const value of values) expect(await rx.tryRecv()).toBe(value);
}

describe("sync_broadcast", () => {
  inEveryForm((form) => {
    test(
      "send_try_recv_bounded",
      form.inside(async () => {
        const { tx, rx } = open(form, 16);
        await expectAll(rx, EMPTY);
        expect(tx.send(1)).toBe(1);
        await expectAll(rx, 1, EMPTY);
      }),
    );

    test(
      "send_two_recv",
      form.inside(async () => {
        const { tx, rx } = open(form, 16);
        const other = form.place(tx.subscribe());
        expect(tx.send(1)).toBe(2);
        await expectAll(rx, 1, EMPTY);
        await expectAll(other, 1, EMPTY);
      }),
    );

    test(
      "send_recv_bounded",
      form.inside(async () => {
        const { tx, rx } = open(form, 16);
        const waiting = rx.recv();
        tx.send(1);
        expect(await waiting).toBe(1);
        const next = rejection(rx.recv());
        tx[Symbol.dispose]();
        expect(await next).toMatchObject(closed);
      }),
    );

    test(
      "send_slow_rx",
      form.inside(async () => {
        const { tx, rx } = open(form, 16);
        const slow = form.place(tx.subscribe());
        for (const value of [1, 2, 3, 4]) {
          const waiting = rx.recv();
          tx.send(value);
          expect(await waiting).toBe(value);
        }
        await expectAll(slow, 1, 2, 3, 4, EMPTY);
      }),
    );

    test(
      "lagging_rx",
      form.inside(async () => {
        const { tx, rx, sendAll } = open(form, 2);
        const slow = form.place(tx.subscribe());
        sendAll(1);
        await expectAll(rx, 1);
        sendAll(2);
        await expectAll(rx, 2);
        sendAll(3);
        expect(await tryFails(slow)).toMatchObject(lagged(1));
        await expectAll(rx, 3);
        await expectAll(slow, 2);
        sendAll(4);
        await expectAll(rx, 4);
        await expectAll(slow, 3, 4, EMPTY);
        tx[Symbol.dispose]();
        expect(await slow.tryRecv()).toBe("disconnected");
      }),
    );

    test(
      "single_capacity_recvs",
      form.inside(async () => {
        const { rx, sendAll } = open(form, 1);
        sendAll(1);
        await expectAll(rx, 1, EMPTY);
      }),
    );

    test(
      "single_capacity_recvs_after_drop_1",
      form.inside(async () => {
        const { tx, rx, sendAll } = open(form, 1);
        sendAll(1);
        tx[Symbol.dispose]();
        await expectAll(rx, 1);
        expect(await rx.tryRecv()).toBe("disconnected");
      }),
    );

    test(
      "single_capacity_recvs_after_drop_2",
      form.inside(async () => {
        const { tx, rx, sendAll } = open(form, 1);
        sendAll(1, 2);
        tx[Symbol.dispose]();
        expect(await tryFails(rx)).toMatchObject(lagged(1));
        await expectAll(rx, 2);
        expect(await rx.tryRecv()).toBe("disconnected");
      }),
    );

    test(
      "dropping_sender_does_not_overwrite",
      form.inside(async () => {
        const { tx, rx, sendAll } = open(form, 2);
        sendAll(1, 2);
        tx[Symbol.dispose]();
        await expectAll(rx, 1, 2);
        expect(await rx.tryRecv()).toBe("disconnected");
      }),
    );

    test(
      "lagging_receiver_recovers_after_wrap_closed_1",
      form.inside(async () => {
        const { tx, rx, sendAll } = open(form, 2);
        sendAll(1, 2, 3);
        tx[Symbol.dispose]();
        expect(await tryFails(rx)).toMatchObject(lagged(1));
        await expectAll(rx, 2, 3);
        expect(await rx.tryRecv()).toBe("disconnected");
      }),
    );

    test(
      "lagging_receiver_recovers_after_wrap_closed_2",
      form.inside(async () => {
        const { tx, rx, sendAll } = open(form, 2);
        sendAll(1, 2, 3, 4);
        tx[Symbol.dispose]();
        expect(await tryFails(rx)).toMatchObject(lagged(2));
        await expectAll(rx, 3, 4);
        expect(await rx.tryRecv()).toBe("disconnected");
      }),
    );

    test(
      "lagging_receiver_recovers_after_wrap_open",
      form.inside(async () => {
        const { rx, sendAll } = open(form, 2);
        sendAll(1, 2, 3);
        expect(await tryFails(rx)).toMatchObject(lagged(1));
        await expectAll(rx, 2, 3, EMPTY);
      }),
    );

    test(
      "receiver_len_with_lagged",
      form.inside(async () => {
        const { rx, sendAll } = open(form, 3);
        expect(await rx.length()).toBe(0);
        sendAll(10, 20, 30, 40);
        expect(await rx.length()).toBe(4);
        await expectAll(rx, 10);
        sendAll(50, 60);
        expect(await rx.length()).toBe(5);
      }),
    );

    test(
      "slow_receiver_within_capacity_does_not_lag",
      form.inside(async () => {
        const { tx, rx, sendAll } = open(form, 4);
        const slow = form.place(tx.subscribe());
        sendAll(1, 2, 3, 4);
        await expectAll(rx, 1, 2, 3, 4);
        await expectAll(slow, 1, 2, 3, 4, EMPTY);
      }),
    );

    test(
      "capacity_overflow_reports_lagged_then_oldest_retained",
      form.inside(async () => {
        const { rx, sendAll } = open(form, 2);
        sendAll(1, 2, 3);
        expect(await tryFails(rx)).toMatchObject(lagged(1));
        await expectAll(rx, 2, 3, EMPTY);
      }),
    );

    test(
      "lagged_count_matches_number_of_overwritten_messages",
      form.inside(async () => {
        const { rx, sendAll } = open(form, 2);
        sendAll(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        expect(await tryFails(rx)).toMatchObject(lagged(8));
        await expectAll(rx, 8, 9, EMPTY);
      }),
    );

    test(
      "lag_uses_power_of_two_buffer_length",
      form.inside(async () => {
        const { rx, sendAll } = open(form, 3);
        sendAll(0, 1, 2, 3);
        await expectAll(rx, 0, 1, 2, 3);
        sendAll(4, 5, 6, 7, 8);
        expect(await tryFails(rx)).toMatchObject(lagged(1));
        await expectAll(rx, 5, 6, 7, 8, EMPTY);
      }),
    );

    test(
      "lag_catch_up_then_lag_again",
      form.inside(async () => {
        const { rx, sendAll } = open(form, 2);
        sendAll(1, 2, 3);
        expect(await tryFails(rx)).toMatchObject(lagged(1));
        await expectAll(rx, 2, 3, EMPTY);
        sendAll(4, 5, 6, 7);
        expect(await tryFails(rx)).toMatchObject(lagged(2));
        await expectAll(rx, 6, 7, EMPTY);
      }),
    );

    test(
      "lag_is_per_receiver",
      form.inside(async () => {
        const { tx, rx, sendAll } = open(form, 2);
        const slow = form.place(tx.subscribe());
        for (const value of [1, 2, 3]) {
          sendAll(value);
          await expectAll(rx, value);
        }
        expect(await tryFails(slow)).toMatchObject(lagged(1));
        await expectAll(slow, 2, 3, EMPTY);
        await expectAll(rx, EMPTY);
      }),
    );

    test(
      "lag_again_before_reading_retained_messages",
      form.inside(async () => {
        const { rx, sendAll } = open(form, 2);
        sendAll(1, 2, 3);
        expect(await tryFails(rx)).toMatchObject(lagged(1));
        sendAll(4);
        expect(await tryFails(rx)).toMatchObject(lagged(1));
        await expectAll(rx, 3, 4, EMPTY);
      }),
    );

    test(
      "receiver_len_after_lag_error_advances_cursor",
      form.inside(async () => {
        const { rx, sendAll } = open(form, 2);
        sendAll(1, 2, 3, 4);
        expect(await rx.length()).toBe(4);
        expect(await tryFails(rx)).toMatchObject(lagged(2));
        expect(await rx.length()).toBe(2);
        await expectAll(rx, 3);
        expect(await rx.length()).toBe(1);
      }),
    );
  });

  inBothForms((form) => {
    test("send_two_recv_bounded", async () => {
      const { sender, receiver } = broadcast.channel<number>(16, form.codec());
      const other = sender.subscribe();
      const [one, two] = [task(receiver.recv()), task(other.recv())];
      expect([one.poll(), two.poll()]).toEqual([PENDING, PENDING]);
      sender.send(1);
      expect([one.isWoken, two.isWoken]).toEqual([true, true]);
      expect([one.poll(), two.poll()]).toEqual([1, 1]);
      const [three, four] = [task(receiver.recv()), task(other.recv())];
      expect(three.poll()).toBe(PENDING);
      sender.send(2);
      expect([three.isWoken, four.isWoken]).toEqual([true, false]);
      expect([three.poll(), four.poll()]).toEqual([2, 2]);
    });

    test("change_tasks", async () => {
      const { sender, receiver } = broadcast.channel<number>(1, form.codec());
      const waiting = receiver.recv();
      const [one, two] = [task(waiting), task(waiting)];
      expect([one.poll(), two.poll()]).toEqual([PENDING, PENDING]);
      sender.send(1);
      expect([one.isWoken, two.isWoken]).toEqual([false, true]);
      expect(two.poll()).toBe(1);
    });

    test("drop_rx_while_values_remain", () => {
      const { sender, receiver } = broadcast.channel<number>(16, form.codec());
      const other = sender.subscribe();
      expect([sender.send(1), sender.send(2)]).toEqual([2, 2]);
      other[Symbol.dispose]();
      receiver[Symbol.dispose]();
      expect(sender.length).toBe(0);
    });

    test("send_no_rx", async () => {
      const { sender, receiver } = broadcast.channel<number>(16, form.codec());
      receiver[Symbol.dispose]();
      expect(() => sender.send(1)).toThrow(SendError);
      const later = sender.subscribe();
      expect(later.tryRecv()).toBe(broadcast.Empty);
      expect(sender.send(2)).toBe(1);
      expect(later.tryRecv()).toBe(2);
    });

    test("capacity_too_big", () => {
      for (const capacity of [0, 2 ** 21 + 1, Number.MAX_SAFE_INTEGER]) {
        expect(() => broadcast.channel(capacity, form.codec())).toThrow(RangeError);
      }
    });

    test("resubscribe_points_to_tail", () => {
      const { sender, receiver } = broadcast.channel<number>(3, form.codec());
      sender.send(1);
      const other = receiver.resubscribe();
      sender.send(2);
      expect(other.tryRecv()).toBe(2);
      expect(other.tryRecv()).toBe(broadcast.Empty);
      expect([receiver.tryRecv(), receiver.tryRecv()]).toEqual([1, 2]);
    });

    test("resubscribe_lagged", () => {
      const { sender, receiver } = broadcast.channel<number>(1, form.codec());
      sender.send(1);
      sender.send(2);
      const other = receiver.resubscribe();
      expect(other.tryRecv()).toBe(broadcast.Empty);
      expect(() => receiver.tryRecv()).toThrow("messages were lost, 1 of them");
      expect(receiver.tryRecv()).toBe(2);
    });

    test("resubscribe_to_closed_channel", () => {
      const { sender, receiver } = broadcast.channel<number>(2, form.codec());
      sender[Symbol.dispose]();
      const other = receiver.resubscribe();
      expect(other.tryRecv()).toBe(broadcast.Disconnected);
    });

    test("sender_len", () => {
      const { sender, receiver } = broadcast.channel<number>(4, form.codec());
      const other = sender.subscribe();
      expect(sender.length).toBe(0);
      for (const value of [1, 2, 3]) sender.send(value);
      expect(sender.length).toBe(3);
      receiver.tryRecv();
      receiver.tryRecv();
      expect(sender.length).toBe(3);
      other.tryRecv();
      expect(sender.length).toBe(2);
      for (const value of [4, 5, 6]) sender.send(value);
      expect(sender.length).toBe(4);
    });

    test("sender_len_random", () => {
      const { sender, receiver } = broadcast.channel<number>(16, form.codec());
      const other = sender.subscribe();
      const random = seeded(7);
      const take = (from: broadcast.Receiver<number>) => {
        try {
          from.tryRecv();
        } catch {
          // It has lagged.
        }
      };
      for (let step = 0; step < 1000; step++) {
        const dice = random();
        if (dice < 0.4) take(receiver);
        else if (dice < 0.6) take(other);
        else sender.send(step);
        expect(sender.length).toBe(Math.min(16, Math.max(receiver.length, other.length)));
      }
    });

    test("receiver_recv_is_cooperative", async () => {
      const { sender, receiver } = broadcast.channel<number>(8, form.codec());
      const sending = spawn(function* () {
        // Ends with the test: it is aborted there.
        for (;;) {
          sender.send(1);
          yield* receiver.recv();
        }
      });
      await spawn(async () => expect(hasBudgetRemaining()).toBe(true));
      sending.abort();
      expect(await rejection(sending)).toMatchObject({ isCancelled: true });
    });

    test("broadcast_sender_closed_with_extra_subscribe", async () => {
      const { sender, receiver } = broadcast.channel<number>(10, form.codec());
      const other = sender.subscribe();
      const waiting = task(sender.closed());
      expect(waiting.poll()).toBe(PENDING);
      receiver[Symbol.dispose]();
      expect(waiting.isWoken).toBe(false);
      expect(waiting.poll()).toBe(PENDING);
      other[Symbol.dispose]();
      expect(waiting.isWoken).toBe(true);
      const late = sender.subscribe();
      expect(waiting.poll()).toBe(PENDING);
      late[Symbol.dispose]();
      expect(waiting.isWoken).toBe(true);
      expect(waiting.poll()).toBeUndefined();
    });

    test("broadcast_sender_new_must_be_closed", async () => {
      const sender = new broadcast.Sender<number>(10, form.codec());
      const first = task(sender.closed());
      expect(first.poll()).toBeUndefined();
      const receiver = sender.subscribe();
      const second = task(sender.closed());
      expect(second.poll()).toBe(PENDING);
      receiver[Symbol.dispose]();
      expect(second.isWoken).toBe(true);
      expect(second.poll()).toBeUndefined();
    });
  });

  test("unconsumed_messages_are_dropped", async () => {
    const { sender, receiver } = broadcast.channel<object>(16);
    const kept = new WeakRef({});
    sender.send(kept.deref() as object);
    receiver[Symbol.dispose]();
    await collected(kept);
    expect(sender.length).toBe(0);
  });

  // What runs here where a waker is called or dropped is a callback, or the end of a future.
  inBothForms((form) => {
    test("send_in_waker_drop", async () => {
      const { sender, receiver } = broadcast.channel<number>(16, form.codec());
      const [other, news] = [sender.subscribe(), sender.subscribe()];
      const answered = Promise.resolve(receiver.recv().then((value) => sender.send(value + 1)));
      const sending = () => void sender.send(9);
      const losing = join([other.recv(), pollFn(() => PENDING, sending)]);
      const selected = Promise.resolve(select([losing, news.recv()]));
      await yieldNow();
      sender.send(1);
      await answered;
      await selected;
      const seen: unknown[] = [];
      while (!seen.includes(9)) seen.push(await receiver.recv());
      expect(seen).toEqual(expect.arrayContaining([2, 9]));
    });
  });
});
