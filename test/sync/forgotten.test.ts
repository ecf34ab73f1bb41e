import { codec, mpsc, oneshot, Runtime, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { collectUntil } from "../support/collected.ts";
import { Program } from "../support/program.ts";
import { rejection } from "../support/waiting.ts";

/** What becomes of a wait whose other end is forgotten. Its scope is gone when this returns. */
function afterForgetting(begin: () => PromiseLike<unknown>): { isOver: boolean; end: unknown } {
  const seen = { isOver: false, end: undefined as unknown };
  const settle = (end: unknown) => {
    seen.isOver = true;
    seen.end = end;
  };
  begin().then(settle, settle);
  return seen;
}

describe("an end of a channel that is forgotten", () => {
  test.each([
    ["local", undefined],
    ["shared", codec.f64 as never],
  ])("is given up once it is collected, %s", async (_form, kind) => {
    const receiving = afterForgetting(() => mpsc.channel<number>(1, kind).receiver.recv());
    const sending = afterForgetting(() => {
      const { sender } = mpsc.channel<number>(1, kind);
      sender.trySend(1);
      return sender.send(2);
    });
    const closing = afterForgetting(() => mpsc.unboundedChannel<number>(kind).sender.closed());
    const reply = afterForgetting(() => oneshot.channel<number>(kind).receiver.recv());
    await collectUntil(() => [receiving, sending, closing, reply].every(({ isOver }) => isOver));
    expect(receiving.end).toBeUndefined();
    expect(String(sending.end)).toContain("nobody will receive it");
    expect(String(reply.end)).toContain("the sender is gone");
  });

  test("is not one that has come back from a permit", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    let gone: WeakRef<object> | undefined;
    const permit = await sender.reserveOwned();
    const other = () => {
      gone = new WeakRef(mpsc.channel(1));
    };
    other();
    await collectUntil(() => gone?.deref() === undefined);
    permit.send(1);
    expect([await receiver.recv(), receiver.isClosed, sender.isClosed]).toEqual([1, false, false]);
  });

  test("is reported, if that is asked for", async () => {
    const program = new Program("test/sync/fixtures/forgetful.mjs", [], {
      env: { TOKIWA_DEBUG: "1" },
    });
    await program.ended;
    expect(program.errors).toContain("Lost Sender: it was collected, and nobody had disposed it");
    expect(program.errors).toContain("forgetful.mjs");
  });

  test("is no matter once its runtime is shut down", async () => {
    const runtime = await Runtime.create({ flavor: "currentThread" });
    const waiting = runtime.run(() => {
      const { receiver } = mpsc.channel<number>(1);
      return rejection(spawn(async () => await receiver.recv()));
    });
    await runtime.shutdown();
    expect(String(await waiting)).toContain("cancelled");
  });
});
