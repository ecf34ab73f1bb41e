import { codec, oneshot, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { wrong } from "../support/misuse.ts";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";

describe("a oneshot channel", () => {
  test("brings one value, once", async () => {
    const { sender, receiver } = oneshot.channel<object>();
    const value = {};
    const waiting = spawn(async () => await receiver.recv());
    await turns();
    expect(sender.send(value)).toBe(true);
    expect(await waiting).toBe(value);
    expect(() => sender.send(value)).toThrow("Cannot send: the Sender");
    expect(String(await rejection(receiver.recv()))).toContain("there is no message");
  });

  test("says what is wrong", () => {
    expect(() => oneshot.channel(wrong("u32"))).toThrow(
      'Cannot make channel: codec must be a codec, got "u32"',
    );
    for (const form of [undefined, codec.u32]) {
      const { sender, receiver } = oneshot.channel(form);
      expect(sender.send(1)).toBe(true);
      expect(() => sender.send(2)).toThrow("Cannot send: the Sender was disposed");
      expect(receiver.tryRecv()).toBe(1);
    }
  });

  test("ends with a sender that has not sent", async () => {
    const { sender, receiver } = oneshot.channel<number>();
    expect(receiver.tryRecv()).toBe(oneshot.Empty);
    const waiting = rejection(receiver.recv());
    sender[Symbol.dispose]();
    expect(String(await waiting)).toContain("the sender is gone");
    expect(receiver.tryRecv()).toBe(oneshot.Disconnected);
  });

  test("refuses a sender once the receiver is gone, or has closed it", async () => {
    const first = oneshot.channel<number>();
    const closed = spawn(async () => await first.sender.closed());
    first.receiver[Symbol.dispose]();
    await closed;
    expect(first.sender.send(1)).toBe(false);
    const second = oneshot.channel<number>();
    second.sender.send(2);
    second.receiver.close();
    expect(await second.receiver.recv()).toBe(2);
  });
});
