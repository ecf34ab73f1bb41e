/** Upstream's `sync_watch`: one value, of which receivers learn the latest. */
import { ClosedError, hasBudgetRemaining, PENDING, SendError, spawn, watch } from "tokiwa";
import { task } from "tokiwa/test";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import { inBothForms, inEveryForm } from "./value-forms.ts";

const closed = { name: "ClosedError" };

describe("sync_watch", () => {
  inEveryForm((form) => {
    const open = <T>(initial: T) => {
      const { sender, receiver } = watch.channel(initial, form.codec<T>());
      return { tx: sender, rx: form.place(receiver) };
    };

    test(
      "rx_version_underflow",
      form.inside(async () => {
        const { rx } = open(1);
        await rx.markChanged();
        await rx.markChanged();
        expect(await rx.hasChanged()).toBe(true);
      }),
    );

    test(
      "multi_rx",
      form.inside(async () => {
        const { tx, rx } = open("one");
        const other = form.place(tx.subscribe());
        expect([await rx.borrow(), await other.borrow()]).toEqual(["one", "one"]);
        const [first, second] = [rx.changed(), other.changed()];
        tx.send("two");
        await Promise.all([first, second]);
        expect([await rx.borrow(), await other.borrow()]).toEqual(["two", "two"]);
        tx.send("three");
        await rx.changed();
        expect(await rx.borrow()).toBe("three");
        tx.send("four");
        await Promise.all([rx.changed(), other.changed()]);
        expect([await rx.borrow(), await other.borrow()]).toEqual(["four", "four"]);
      }),
    );

    test(
      "rx_observes_final_value",
      form.inside(async () => {
        const alone = open("one");
        alone.tx[Symbol.dispose]();
        expect(await rejection(alone.rx.changed())).toMatchObject(closed);

        const { tx, rx } = open("one");
        tx.send("two");
        await rx.changed();
        expect(await rx.borrow()).toBe("two");
        const waiting = rx.changed();
        tx.send("three");
        tx[Symbol.dispose]();
        await waiting;
        expect(await rx.borrow()).toBe("three");
        expect(await rejection(rx.changed())).toMatchObject(closed);
        expect(await rx.borrow()).toBe("three");
      }),
    );

    test(
      "borrow_and_update",
      form.inside(async () => {
        const { tx, rx } = open("one");
        expect(await rx.hasChanged()).toBe(false);
        tx.send("two");
        expect(await rx.hasChanged()).toBe(true);
        await rx.changed();
        expect(await rx.hasChanged()).toBe(false);
        expect(await rx.borrow()).toBe("two");
        tx.send("three");
        expect(await rx.borrowAndUpdate()).toBe("three");
        expect(await rx.hasChanged()).toBe(false);
        tx[Symbol.dispose]();
        expect(await rejection(rx.hasChanged())).toMatchObject(closed);
        expect(await rejection(rx.changed())).toMatchObject(closed);
      }),
    );

    test(
      "changed_succeeds_on_closed_channel_with_unseen_value",
      form.inside(async () => {
        const { tx, rx } = open("A");
        tx.send("B");
        tx[Symbol.dispose]();
        await rx.changed();
        expect(await rejection(rx.changed())).toMatchObject(closed);
      }),
    );

    test(
      "changed_errors_on_closed_channel_with_seen_value",
      form.inside(async () => {
        const { tx, rx } = open("A");
        tx[Symbol.dispose]();
        expect(await rejection(rx.changed())).toMatchObject(closed);
      }),
    );

    test(
      "has_changed_errors_on_closed_channel_with_unseen_value",
      form.inside(async () => {
        const { tx, rx } = open("A");
        tx.send("B");
        tx[Symbol.dispose]();
        expect(await rejection(rx.hasChanged())).toMatchObject(closed);
      }),
    );

    test(
      "has_changed_errors_on_closed_channel_with_seen_value",
      form.inside(async () => {
        const { tx, rx } = open("A");
        tx.send("B");
        await rx.changed();
        tx[Symbol.dispose]();
        expect(await rejection(rx.hasChanged())).toMatchObject(closed);
      }),
    );

    test(
      "poll_close",
      form.inside(async () => {
        const { tx, rx } = open("one");
        const waiting = tx.closed();
        expect(tx.isClosed).toBe(false);
        await Promise.all([waiting, rx.drop()]);
        expect(tx.isClosed).toBe(true);
        expect(() => tx.send("two")).toThrow(SendError);
        expect(tx.borrow()).toBe("one");
      }),
    );

    test(
      "reopened_after_subscribe",
      form.inside(async () => {
        const { tx, rx } = open("one");
        await rx.drop();
        expect(tx.isClosed).toBe(true);
        const again = form.place(tx.subscribe());
        expect(tx.isClosed).toBe(false);
        tx.send("two");
        expect(await again.borrow()).toBe("two");
        await again.drop();
        expect(tx.isClosed).toBe(true);
      }),
    );

    test(
      "multiple_sender",
      form.inside(async () => {
        const { tx, rx } = open(0);
        const other = tx.clone();
        for (const sender of [tx, other]) {
          const waiting = rx.changed();
          sender.send(sender === tx ? 1 : 2);
          await waiting;
          expect(await rx.borrowAndUpdate()).toBe(sender === tx ? 1 : 2);
        }
      }),
    );

    test(
      "receiver_is_notified_when_last_sender_is_dropped",
      form.inside(async () => {
        const { tx, rx } = open(0);
        const other = tx.clone();
        const waiting = rejection(rx.changed());
        tx[Symbol.dispose]();
        expect(other.senderCount).toBe(1);
        other[Symbol.dispose]();
        expect(await waiting).toMatchObject(closed);
      }),
    );
  });

  inBothForms((form) => {
    const open = <T>(initial: T) => watch.channel(initial, form.codec<T>());

    test("single_rx_recv", async () => {
      const { sender, receiver } = open("one");
      const first = task(receiver.changed());
      expect(first.poll()).toBe(PENDING);
      sender.send("two");
      expect(first.isWoken).toBe(true);
      expect(first.poll()).toBeUndefined();
      expect(receiver.borrow()).toBe("two");
      const second = task(receiver.changed());
      expect(second.poll()).toBe(PENDING);
      sender[Symbol.dispose]();
      expect(second.isWoken).toBe(true);
      expect(() => second.poll()).toThrow("all senders are gone");
      expect(receiver.borrow()).toBe("two");
    });

    test("rx_mark_changed", async () => {
      const { sender, receiver } = open("one");
      const [other, third] = [receiver.clone(), receiver.clone()];
      const untouched = receiver.clone();
      const waiting = task(other.changed());
      expect(waiting.poll()).toBe(PENDING);
      receiver.markChanged();
      expect(receiver.hasChanged()).toBe(true);
      await receiver.changed();
      expect(receiver.borrow()).toBe("one");
      expect([waiting.isWoken, waiting.poll()]).toEqual([false, PENDING]);
      third.markChanged();
      expect(third.borrowAndUpdate()).toBe("one");
      expect(third.hasChanged()).toBe(false);
      expect(untouched.hasChanged()).toBe(false);
      sender.send("two");
      expect(waiting.poll()).toBeUndefined();
      expect(other.borrow()).toBe("two");
    });

    test("rx_mark_unchanged", async () => {
      const { sender, receiver } = open("one");
      const other = receiver.clone();
      const waiting = task(other.changed());
      expect(waiting.poll()).toBe(PENDING);
      sender.send("two");
      expect(receiver.hasChanged()).toBe(true);
      receiver.markUnchanged();
      expect(receiver.hasChanged()).toBe(false);
      const next = task(receiver.changed());
      expect(next.poll()).toBe(PENDING);
      expect(receiver.borrow()).toBe("two");
      expect([waiting.isWoken, waiting.poll()]).toEqual([true, undefined]);
      sender.send("three");
      expect(next.poll()).toBeUndefined();
    });

    test("send_modify_panic", async () => {
      const { sender, receiver } = open({ state: "one" });
      sender.sendModify(() => ({ state: "two" }));
      expect(receiver.borrowAndUpdate().state).toBe("two");
      const other = receiver.clone();
      const waiting = task(other.changed());
      expect(waiting.poll()).toBe(PENDING);
      const fail = (value: { state: string }) => {
        value.state = "failed";
        throw new Error("no");
      };
      expect(() => sender.sendModify(fail)).toThrow("no");
      // Only the local value is the very one that was changed.
      expect(receiver.borrow().state).toBe(form.codec() === undefined ? "failed" : "two");
      expect([waiting.isWoken, waiting.poll()]).toEqual([false, PENDING]);
      sender.sendModify(() => ({ state: "three" }));
      expect(receiver.borrowAndUpdate().state).toBe("three");
      expect([waiting.isWoken, waiting.poll()]).toEqual([true, undefined]);
    });

    test("wait_for_errors_on_closed_channel_true_predicate", async () => {
      const { sender, receiver } = open("A");
      sender[Symbol.dispose]();
      expect(await receiver.waitFor((value) => value === "A")).toBe("A");
      const vain = rejection(receiver.waitFor((value) => value === "B"));
      expect(await vain).toMatchObject(closed);
    });

    /** An abort has to end the loop. */
    const mustBeClosed = (reason: unknown) => {
      if (!(reason instanceof ClosedError)) throw reason;
    };

    /** Does another task run, although this one never has to wait? */
    const yields = async (step: () => PromiseLike<unknown>) => {
      const endless = spawn(async () => {
        // Ends with the test: it is aborted there.
        for (;;) await step();
      });
      await spawn(async () => expect(hasBudgetRemaining()).toBe(true));
      endless.abort();
      expect(await rejection(endless)).toMatchObject({ isCancelled: true });
    };

    test("receiver_changed_is_cooperative", async () => {
      const { sender, receiver } = open(0);
      sender[Symbol.dispose]();
      await yields(() => rejection(receiver.changed()).then(mustBeClosed));
    });

    test("receiver_changed_is_cooperative_ok", async () => {
      const { sender, receiver } = open(0);
      await yields(() => {
        sender.send(1);
        return receiver.changed();
      });
    });

    test("receiver_wait_for_is_cooperative", async () => {
      const { sender, receiver } = open(0);
      sender[Symbol.dispose]();
      await yields(() => rejection(receiver.waitFor(() => false)).then(mustBeClosed));
    });

    test("receiver_wait_for_is_cooperative_ok", async () => {
      const { sender, receiver } = open(0);
      await yields(() => {
        sender.send(1);
        return receiver.waitFor(() => true);
      });
    });
  });
});
