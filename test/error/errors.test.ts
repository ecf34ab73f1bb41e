import { describe, expect, test } from "vitest";
import { CancelledError } from "../../src/error/cancelled.ts";
import { ClosedError } from "../../src/error/closed.ts";
import { CoreFault } from "../../src/error/core-fault.ts";
import { ElapsedError } from "../../src/error/elapsed.ts";
import { JoinError } from "../../src/error/join-error.ts";
import { NotSendError } from "../../src/error/not-send.ts";
import { OutOfMemoryError } from "../../src/error/out-of-memory.ts";
import { TaskLocalUnsetError } from "../../src/error/task-local-unset.ts";
import { UnsupportedError } from "../../src/error/unsupported.ts";

/** The error, the name it goes by, and what it says. */
const all: [Error, string, string][] = [
  [new CancelledError("Cannot go on: it was aborted"), "CancelledError", "Cannot go on: it was"],
  [new ClosedError("Cannot send: it is closed"), "ClosedError", "Cannot send: it is closed"],
  [new ElapsedError(50), "ElapsedError", "Cannot wait longer: 50 ms have passed"],
  [new NotSendError("args[0]", "a promise"), "NotSendError", "Cannot send args[0] to another"],
  [new OutOfMemoryError("sleep"), "OutOfMemoryError", "Cannot sleep: the runtime's memory is full"],
  [new TaskLocalUnsetError("k"), "TaskLocalUnsetError", 'Cannot read task-local "k": it is not'],
  [
    new UnsupportedError("TcpListener", "browser", "a WebSocket"),
    "UnsupportedError",
    "Cannot use TcpListener: it is not available on browser; use a WebSocket",
  ],
  [
    new CoreFault("S1", "assembly/task/state.ts", 12, 3),
    "CoreFault",
    "Cannot go on: the core failed at assembly/task/state.ts:12:3, S1",
  ],
];

describe("errors", () => {
  for (const [error, name, message] of all) {
    test(`${name} says what failed and what was found`, () => {
      expect(error.name).toBe(name);
      expect(error.message).toContain(message);
      expect(error.message).not.toMatch(/\.$/);
      expect(error.stack).toContain(name);
      expect(Object.keys(error)).not.toContain("name");
    });
  }

  test("NotSendError is a TypeError with a path", () => {
    const error = new NotSendError("args[0].socket", "a promise");
    expect(error).toBeInstanceOf(TypeError);
    expect(error.path).toBe("args[0].socket");
  });

  test("CoreFault without a message only says where", () => {
    expect(new CoreFault("", "a.ts", 1, 2).message).toBe(
      "Cannot go on: the core failed at a.ts:1:2",
    );
  });
});

describe("JoinError", () => {
  const panic = (cause: unknown, taskName?: string) =>
    new JoinError({ kind: "panic", taskId: 7, taskName, cause });

  test("names the task and the panic", () => {
    expect(panic(new Error("boom"), "fetcher").message).toBe('task 7 "fetcher" panicked: boom');
    expect(panic(new Error("boom")).message).toBe("task 7 panicked: boom");
    expect(panic(new TypeError("")).message).toBe("task 7 panicked: TypeError");
    expect(panic("text").message).toBe("task 7 panicked: text");
    expect(panic({ code: 1 }).message).toBe('task 7 panicked: {"code":1}');
    expect(panic(undefined).message).toBe("task 7 panicked: undefined");
    expect(panic(Symbol("s")).message).toBe("task 7 panicked: Symbol(s)");
  });

  test("prints what cannot be printed", () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(panic(loop).message).toBe("task 7 panicked: something that cannot be printed");
    expect(panic(Object.create(null)).message).toBe("task 7 panicked: {}");
  });

  test("tells the three ways apart", () => {
    const cancelled = new JoinError({ kind: "cancelled", taskId: 1 });
    const lost = new JoinError({ kind: "workerLost", taskId: 2, taskName: "t" });
    const cause = new Error("x");
    expect(panic(cause)).toMatchObject({ isPanic: true, isCancelled: false, cause, taskId: 7 });
    expect(cancelled).toMatchObject({ isCancelled: true, isPanic: false, taskName: undefined });
    expect(cancelled.message).toBe("task 1 was cancelled");
    expect("cause" in cancelled).toBe(false);
    expect(lost).toMatchObject({ isWorkerLost: true, isCancelled: false });
    expect(lost.message).toBe('task 2 "t" was lost: its worker died');
    const known = new JoinError({ kind: "workerLost", taskId: 2, cause });
    expect(known.message).toBe("task 2 was lost: its worker died: x");
  });
});
