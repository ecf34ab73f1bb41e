/** Upstream's `sync_broadcast_weak`: senders that do not keep their broadcast open. */
import { broadcast } from "tokiwa";
import { describe, expect, test } from "vitest";
import { inBothForms } from "./value-forms.ts";

describe("sync_broadcast_weak", () => {
  inBothForms((form) => {
    const open = () => broadcast.channel<number>(16, form.codec());

    test("weak_sender", async () => {
      const { sender, receiver } = open();
      const weak = sender.downgrade();
      const another = weak.clone();
      using upgraded = weak.upgrade();
      expect(upgraded?.sameChannel(sender)).toBe(true);
      sender.send(5);
      expect(await receiver.recv()).toBe(5);
      upgraded?.send(6);
      expect(await receiver.recv()).toBe(6);
      sender[Symbol.dispose]();
      upgraded?.[Symbol.dispose]();
      expect([weak.upgrade(), another.upgrade()]).toEqual([undefined, undefined]);
      await expect(async () => await receiver.recv()).rejects.toThrow("all senders are gone");
    });

    test("downgrade_upgrade_sender_failure", () => {
      const { sender } = open();
      const weak = sender.downgrade();
      sender[Symbol.dispose]();
      expect(weak.upgrade()).toBeUndefined();
    });

    test("downgrade_drop_upgrade", () => {
      const { sender, receiver } = open();
      const weak = sender.downgrade();
      sender[Symbol.dispose]();
      expect(weak.upgrade()).toBeUndefined();
      expect(receiver.isClosed).toBe(true);
    });

    test("test_tx_count_weak_sender", () => {
      const { sender, receiver } = open();
      const weak = sender.downgrade();
      const other = sender.downgrade();
      expect([receiver.senderStrongCount, receiver.senderWeakCount]).toEqual([1, 2]);
      expect([sender.strongCount, sender.weakCount]).toEqual([1, 2]);
      weak[Symbol.dispose]();
      other[Symbol.dispose]();
      expect([sender.strongCount, sender.weakCount]).toEqual([1, 0]);
    });

    test("test_rx_is_closed_when_dropping_all_senders_except_weak_senders", () => {
      const { sender, receiver } = open();
      const other = sender.clone();
      const weak = other.downgrade();
      other[Symbol.dispose]();
      expect(receiver.isClosed).toBe(false);
      sender[Symbol.dispose]();
      expect([receiver.isClosed, weak.strongCount]).toEqual([true, 0]);
    });

    test("sender_strong_count_when_cloned", () => {
      const { sender, receiver } = open();
      const other = sender.clone();
      const counts = [sender.strongCount, other.strongCount, receiver.senderStrongCount];
      expect(counts).toEqual([2, 2, 2]);
    });

    test("sender_weak_count_when_downgraded", () => {
      const { sender, receiver } = open();
      const weak = sender.downgrade();
      const counts = [sender.weakCount, weak.weakCount, receiver.senderWeakCount];
      expect(counts).toEqual([1, 1, 1]);
    });

    test("sender_strong_count_when_dropped", () => {
      const { sender, receiver } = open();
      const other = sender.clone();
      sender[Symbol.dispose]();
      expect([other.strongCount, receiver.senderStrongCount]).toEqual([1, 1]);
    });

    test("sender_weak_count_when_dropped", () => {
      const { sender, receiver } = open();
      const weak = sender.downgrade();
      weak[Symbol.dispose]();
      expect([sender.weakCount, receiver.senderWeakCount]).toEqual([0, 0]);
    });

    test("sender_strong_and_weak_conut", () => {
      const { sender, receiver } = open();
      const other = sender.clone();
      const [weak, another] = [sender.downgrade(), other.downgrade()];
      for (const end of [sender, other, weak, another]) {
        expect([end.strongCount, end.weakCount]).toEqual([2, 2]);
      }
      expect([receiver.senderStrongCount, receiver.senderWeakCount]).toEqual([2, 2]);
    });
  });
});
