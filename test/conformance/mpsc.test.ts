/** tokio-util's `mpsc.rs`: a sender as a sink, which here is a web stream. */
import { mpsc, toWritable } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";

const STREAM = "a web stream has no place of its own in the channel: each write waits for one";

describe("mpsc", () => {
  test("simple", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const writer = toWritable(sender).getWriter();
    const writes = [writer.write(1), writer.write(2)];
    expect(await receiver.recv()).toBe(1);
    expect(await receiver.recv()).toBe(2);
    await Promise.all(writes);
    receiver[Symbol.dispose]();
    expect(String(await rejection(writer.write(3)))).toContain("nobody will receive it");
  });

  test("close_sender_last", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    await toWritable(sender).close();
    expect(await receiver.recv()).toBeUndefined();
  });

  test("close_sender_not_last", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const other = sender.clone();
    await toWritable(sender).close();
    expect(receiver.tryRecv()).toBe(mpsc.Empty);
    other[Symbol.dispose]();
    expect(await receiver.recv()).toBeUndefined();
  });

  test("close_sender_before_reserve", async () => {
    const { sender } = mpsc.channel<number>(1);
    await toWritable(sender).close();
    expect(String(await rejection(sender.reserve()))).toContain("the Sender was disposed");
  });

  test("closed_when_receiver_drops", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const writer = toWritable(sender).getWriter();
    receiver[Symbol.dispose]();
    expect(String(await rejection(writer.write(1)))).toContain("nobody will receive it");
  });

  test("sink_send_then_close", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const writer = toWritable(sender).getWriter();
    await writer.write(1);
    await writer.close();
    expect([await receiver.recv(), await receiver.recv()]).toEqual([1, undefined]);
  });

  test("sink_send_then_flush", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const writer = toWritable(sender).getWriter();
    await writer.write(1);
    const second = writer.write(2);
    expect(writer.desiredSize).toBe(0);
    expect([await receiver.recv(), await receiver.recv()]).toEqual([1, 2]);
    await second;
    await writer.ready;
  });

  for (const name of [
    "repeated_poll_reserve",
    "abort_send",
    "close_sender_after_pending_reserve",
    "abort_send_after_pending_reserve",
    "abort_send_after_successful_reserve",
    "start_send_panics_when_idle",
  ]) {
    cannot(name, STREAM);
  }
});
