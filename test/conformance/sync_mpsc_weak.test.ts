/** Tokio's `sync_mpsc_weak.rs`. */
import { mpsc, oneshot, SendError, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { collected } from "../support/collected.ts";
import { rejection } from "../support/waiting.ts";
import { inBothForms } from "./forms.ts";

type Sender = mpsc.Sender<number> | mpsc.UnboundedSender<number>;
type Weak = mpsc.WeakSender<number> | mpsc.WeakUnboundedSender<number>;

interface Kind {
  /** What upstream puts before or into the names of the tests of the kind. */
  readonly weak: string;
  readonly unbounded: string;
  readonly sender: string;
  make(): { sender: Sender; receiver: mpsc.Receiver<number> };
}

/** An actor that asks itself for more, and so must not keep itself going. */
async function actor(receiver: mpsc.Receiver<number>, self: Weak): Promise<number> {
  let handled = 0;
  for await (const left of receiver) {
    handled += 1;
    using sender = self.upgrade();
    if (left > 0) await sender?.send(left - 1);
  }
  return handled;
}

describe("sync_mpsc_weak", () => {
  inBothForms(({ bounded, unbounded }) => {
    const kinds: Kind[] = [
      { weak: "weak", unbounded: "", sender: "sender", make: () => bounded(16) },
      {
        weak: "weak_unbounded",
        unbounded: "unbounded_",
        sender: "unbounded_sender",
        make: unbounded,
      },
    ];

    for (const { weak: word, unbounded: infix, sender: name, make } of kinds) {
      test(`${word}_sender`, async () => {
        const { sender, receiver } = make();
        const weak = sender.downgrade();
        const upgraded = weak.upgrade() as Sender;
        await upgraded.send(1);
        upgraded[Symbol.dispose]();
        await sender.send(2);
        sender[Symbol.dispose]();
        expect(weak.upgrade()).toBeUndefined();
        expect(await receiver.recvMany(9)).toEqual([1, 2]);
        expect(await receiver.recv()).toBeUndefined();
      });

      test(`actor_${word}_sender`, async () => {
        const { sender, receiver } = make();
        const weak = sender.downgrade();
        const running = spawn(() => actor(receiver, weak));
        await sender.send(5);
        await sender.send(1);
        sender[Symbol.dispose]();
        expect(await running).toBeGreaterThanOrEqual(2);
      });

      test(`test_msgs_dropped_on_${infix}rx_drop`, async () => {
        const { sender, receiver } = make();
        await sender.send(1);
        await sender.send(2);
        receiver[Symbol.dispose]();
        const refused = rejection((async () => sender.send(3))());
        expect(await refused).toBeInstanceOf(SendError);
      });

      test(`downgrade_upgrade_${infix}sender_failure`, () => {
        const { sender } = make();
        const weak = sender.downgrade();
        sender[Symbol.dispose]();
        expect(weak.upgrade()).toBeUndefined();
      });

      test(infix === "" ? "downgrade_drop_upgrade" : "downgrade_drop_upgrade_unbounded", () => {
        const { sender } = make();
        const weak = sender.downgrade();
        sender[Symbol.dispose]();
        expect([weak.upgrade(), weak.clone().upgrade()]).toEqual([undefined, undefined]);
      });

      test(`test_tx_count_${word}_sender`, () => {
        const { sender, receiver } = make();
        const weak = sender.downgrade();
        const other = weak.clone();
        expect(receiver.isClosed).toBe(false);
        sender[Symbol.dispose]();
        expect(receiver.isClosed).toBe(true);
        expect([weak.upgrade(), other.upgrade()]).toEqual([undefined, undefined]);
      });

      test(`test_rx_${infix}is_closed_when_dropping_all_senders_except_weak_senders`, () => {
        const { sender, receiver } = make();
        const other = sender.clone();
        const weak = sender.downgrade();
        for (const end of [sender, other]) {
          expect(receiver.isClosed).toBe(false);
          end[Symbol.dispose]();
        }
        expect([receiver.isClosed, weak.weakCount]).toEqual([true, 1]);
      });

      test(`${name}_strong_count_when_cloned`, () => {
        const { sender, receiver } = make();
        const other = sender.clone();
        const counts = [sender.strongCount, other.strongCount, receiver.senderStrongCount];
        expect(counts).toEqual([2, 2, 2]);
      });

      test(`${name}_weak_count_when_downgraded`, () => {
        const { sender, receiver } = make();
        const weak = sender.downgrade();
        const counts = [sender.weakCount, weak.weakCount, receiver.senderWeakCount];
        expect(counts).toEqual([1, 1, 1]);
      });

      test(`${name}_strong_count_when_dropped`, () => {
        const { sender, receiver } = make();
        const other = sender.clone();
        sender[Symbol.dispose]();
        expect(other.strongCount).toBe(1);
        other[Symbol.dispose]();
        expect(receiver.senderStrongCount).toBe(0);
      });

      test(`${name}_weak_count_when_dropped`, () => {
        const { sender, receiver } = make();
        const weak = sender.downgrade();
        weak[Symbol.dispose]();
        expect([sender.weakCount, receiver.senderWeakCount]).toEqual([0, 0]);
      });

      test(`${name}_strong_and_weak_conut`, () => {
        const { sender, receiver } = make();
        const strong = sender.clone();
        const weak = sender.downgrade();
        const other = weak.clone();
        for (const end of [sender, strong, weak, other]) {
          expect([end.strongCount, end.weakCount]).toEqual([2, 2]);
        }
        expect([receiver.senderStrongCount, receiver.senderWeakCount]).toEqual([2, 2]);
      });
    }

    test("downgrade_upgrade_sender_success", () => {
      const { sender } = bounded(1);
      expect(sender.downgrade().upgrade()).toBeInstanceOf(mpsc.Sender);
    });

    test("downgrade_get_permit_upgrade_no_senders", async () => {
      const { sender } = bounded(1);
      const weak = sender.downgrade();
      const permit = await sender.reserveOwned();
      expect(weak.upgrade()).toBeInstanceOf(mpsc.Sender);
      expect(permit.sameChannel(weak)).toBe(true);
    });
  });

  test("test_msgs_dropped_on_rx_drop releases them", async () => {
    const watch = () => {
      const { sender, receiver } = mpsc.channel<object>(3);
      const message = { answer: oneshot.channel<number>() };
      sender.trySend(message);
      receiver[Symbol.dispose]();
      return { sender, message: new WeakRef(message) };
    };
    const { sender, message } = watch();
    await collected(message);
    expect(sender.isClosed).toBe(true);
  });
});
