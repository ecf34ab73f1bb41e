/** `blockOn` and what can happen to what it waits for. */
import { type Future, mpsc, oneshot, Runtime, sleep, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { runProgram } from "../support/program.ts";

const program = "test/runtime/fixtures/block-on-lost.mjs";

describe("blockOn a task that ends its worker", () => {
  test.for([
    ["of process.exit", "exit"],
    ["of an uncaught throw", "throwFromTimer"],
    ["of the heap limit", "gorge"],
  ] as const)("%s hears so, and the worker is replaced meanwhile", async ([, death]) => {
    const { code, lines } = await runProgram(program, [death]);
    expect(lines).toEqual(["lost worker 0", expect.stringMatching(/^workerLost /), "after"]);
    expect(code).toBe(0);
  });
});

describe("blockOn what another runtime of the thread would have to do", () => {
  const made: readonly (readonly [string, () => Future<unknown>])[] = [
    ["a timer", () => sleep(1)],
    ["a task", () => spawn(() => sleep(1))],
    ["what a task is joined by", () => spawn(() => sleep(1)).oneWait()],
    ["a message", () => mpsc.channel(1).receiver.recv()],
    ["a reply", () => oneshot.channel().receiver.recv()],
    [
      "room for a message",
      () => {
        const { sender } = mpsc.channel(1);
        sender.trySend(1);
        return sender.send(2);
      },
    ],
  ];

  test.for(made)("of %s is refused at once", async ([, make]) => {
    const other = await Runtime.create({ flavor: "currentThread" });
    const own = await Runtime.create({ flavor: "currentThread" });
    const { future } = await other.run(async () => ({ future: make() }));
    expect(() => own.blockOn(future)).toThrow(
      "Cannot block on future: it belongs to another runtime, which stands still meanwhile",
    );
    await Promise.all([own.shutdown(), other.shutdown()]);
  });

  test("and has been done by now gives what came of it", async () => {
    const other = await Runtime.create({ flavor: "currentThread" });
    const own = await Runtime.create({ flavor: "currentThread" });
    const { sender, receiver } = await other.run(async () => mpsc.channel<number>(1));
    sender.trySend(7);
    expect(own.blockOn(receiver.recv())).toBe(7);
    await Promise.all([own.shutdown(), other.shutdown()]);
  });
});
