/**
 * What callers pass by mistake: every public function says at once what it wanted. Sockets are in
 * `test/net/misuse.test.ts`, which runs on both reactors.
 */
import { setTimeout as delay } from "node:timers/promises";
import {
  AbortHandle,
  co,
  fromPromise,
  fromSignal,
  Handle,
  Instant,
  interval,
  JoinHandle,
  JoinSet,
  Runtime,
  sleep,
  sleepUntil,
  spawn,
  spawnBlocking,
  task,
  taskLocal,
  timeout,
  timeoutAt,
  unconstrained,
} from "tokiwa";
import { ReadHalf, TcpListener, TcpStream } from "tokiwa/net";
import { registerSendable } from "tokiwa/task";
import { describe, expect, test } from "vitest";
import { hold } from "../runtime/fixtures/faults.mjs";
import { Gate } from "../support/gate.ts";
import { refused, wrong } from "../support/misuse.ts";
import { rejection, until } from "../support/waiting.ts";

const idle = async () => {};

describe("misuse of tasks", () => {
  test("spawn", () => {
    async function* many() {}
    refused([
      [() => spawn(wrong(5)), "TypeError: Cannot spawn task: expected a function, got 5"],
      [() => spawn(wrong(null)), "TypeError: Cannot spawn task: expected a function, got null"],
      [
        () => spawn(wrong(many)),
        "TypeError: Cannot spawn task: an async generator function has no value to wait for",
      ],
      [
        () => spawn(wrong(many())),
        "TypeError: Cannot spawn task: expected a function, got an object",
      ],
      [
        () => spawn(idle, wrong({ name: 5 })),
        "TypeError: Cannot spawn task: name must be a string, got 5",
      ],
      [
        () => spawn(idle, wrong({ nmae: "x" })),
        'TypeError: Cannot spawn task: there is no option "nmae", did you mean "name"?',
      ],
      [
        () => spawn(idle, wrong(null)),
        "TypeError: Cannot spawn task: options must be an object, got null",
      ],
      [
        () => spawn(idle, wrong("x")),
        'TypeError: Cannot spawn task: options must be an object, got "x"',
      ],
    ]);
  });

  test("spawnBlocking, task and registerSendable", () => {
    const meta = { url: "test:misuse" };
    refused([
      [
        () => spawnBlocking(wrong(5)),
        "TypeError: Cannot spawn blocking job: a closure cannot move to another thread, " +
          "give it a task(…)",
      ],
      [
        () => task(wrong(undefined), "x", idle),
        "TypeError: Cannot define task: the first argument must be import.meta",
      ],
      [
        () => task(meta, wrong(Symbol("x")), wrong(5)),
        "TypeError: Cannot define task: name must be a string with something in it, got Symbol(x)",
      ],
      [
        () => task(meta, "x", wrong(5)),
        "TypeError: Cannot define task: expected a function, got 5",
      ],
      [
        () => task(meta, "x", async function* () {}),
        "TypeError: Cannot define task: an async generator function has no value to wait for",
      ],
      [
        () => registerSendable(wrong(5), wrong({})),
        "TypeError: Cannot register sendable: name must be a string with something in it, got 5",
      ],
      [
        () => registerSendable("misuse", wrong({ is: () => true })),
        "TypeError: Cannot register sendable: detach must be a function, got undefined",
      ],
    ]);
  });

  test("JoinSet", () => {
    const set = new JoinSet();
    refused([
      [() => set.spawn(wrong(5)), "TypeError: Cannot spawn task: expected a function, got 5"],
      [() => set.add(wrong(5)), "TypeError: Cannot add task: expected a JoinHandle, got 5"],
      [
        () => JoinSet.from(wrong(5)),
        "TypeError: Cannot make join set: expected an iterable of functions, got 5",
      ],
    ]);
    expect(set.isEmpty).toBe(true);
  });

  test("taskLocal", () => {
    const key = taskLocal<number>("key");
    refused([
      [
        () => taskLocal(wrong(5)),
        "TypeError: Cannot make task-local: name must be a string with something in it, got 5",
      ],
      [
        () => key.scope(1, wrong(5)),
        "TypeError: Cannot set task-local: expected a function or a future, got 5",
      ],
      [
        () => key.syncScope(1, wrong(undefined)),
        "TypeError: Cannot set task-local: expected a function, got undefined",
      ],
    ]);
  });

  test("futures", () => {
    refused([
      [() => fromPromise(wrong(5)), "TypeError: Cannot make future: expected a promise, got 5"],
      [
        () => fromSignal(wrong(null)),
        "TypeError: Cannot make future: expected a function, got null",
      ],
      [
        () => co(wrong(5)),
        "TypeError: Cannot make future: expected a generator or a generator function, got 5",
      ],
      [
        () => unconstrained(wrong(5)),
        "TypeError: Cannot run unconstrained: expected a future or a generator function, got 5",
      ],
      [
        () => unconstrained(wrong(idle)),
        "TypeError: Cannot make future: expected a generator or a generator function, " +
          "got a promise",
      ],
    ]);
  });

  test("what only a function makes", () => {
    refused([
      [() => Reflect.construct(JoinHandle, []), "TypeError: Cannot make JoinHandle: use spawn"],
      [
        () => new AbortHandle(wrong(undefined)),
        "TypeError: Cannot make AbortHandle: use JoinHandle.abortHandle",
      ],
      [() => Reflect.construct(Runtime, []), "TypeError: Cannot make Runtime: use Runtime.create"],
      [() => new Handle(wrong(undefined)), "TypeError: Cannot make Handle: use Handle.current"],
      [
        () => new TcpListener(wrong(undefined)),
        "TypeError: Cannot make TcpListener: use TcpListener.bind",
      ],
      [
        () => new TcpStream(wrong(undefined)),
        "TypeError: Cannot make TcpStream: use TcpStream.connect",
      ],
      [() => new ReadHalf(wrong(undefined)), "TypeError: Cannot make half: use TcpStream.split"],
    ]);
  });
});

describe("misuse of time", () => {
  const now = Instant.now();

  test("sleep", () => {
    refused([
      [() => sleep(wrong("5")), 'RangeError: Cannot sleep: ms must be a number, got "5"'],
      [() => sleep(wrong(5n)), "RangeError: Cannot sleep: ms must be a number, got 5n"],
      [
        () => sleep(5, wrong({ signal: 5 })),
        "TypeError: Cannot sleep: signal must be an AbortSignal, got 5",
      ],
      [
        () => sleep(5, wrong({ singal: 5 })),
        'TypeError: Cannot sleep: there is no option "singal", did you mean "signal"?',
      ],
      [
        () => sleep(5, wrong(AbortSignal.timeout(5))),
        "TypeError: Cannot sleep: options must be an object such as { signal }, " +
          "got an instance of AbortSignal",
      ],
      [() => sleep(5, wrong(0)), "TypeError: Cannot sleep: options must be an object, got 0"],
      [() => sleep(5, wrong(null)), "TypeError: Cannot sleep: options must be an object, got null"],
      [() => sleepUntil(wrong(5)), "TypeError: Cannot sleep: expected an Instant, got 5"],
      [() => sleep(5).reset(wrong(5)), "TypeError: Cannot reset sleep: expected an Instant, got 5"],
    ]);
  });

  test("interval", () => {
    refused([
      [
        () => interval(0),
        "RangeError: Cannot make interval: the period must be more than 0 ms, got 0",
      ],
      [
        () => interval(5, wrong({ startAt: 5 })),
        "TypeError: Cannot make interval: expected an Instant, got 5",
      ],
      [
        () => interval(5, wrong({ missed: "skip" })),
        'TypeError: Cannot make interval: there is no option "missed", ' +
          'did you mean "missedTick"?',
      ],
      [
        () => interval(5).resetAt(wrong(null)),
        "TypeError: Cannot reset interval: expected an Instant, got null",
      ],
      [
        () => interval(5).resetAfter(wrong("5")),
        'RangeError: Cannot reset interval: ms must be a number, got "5"',
      ],
    ]);
  });

  test("timeout", () => {
    refused([
      [
        () => timeout(wrong("5"), idle),
        'RangeError: Cannot start timeout: ms must be a number, got "5"',
      ],
      [
        () => timeout(5, wrong(undefined)),
        "TypeError: Cannot start timeout: expected a future, a promise or a function, " +
          "got undefined",
      ],
      [
        () => timeoutAt(wrong(5), idle),
        "TypeError: Cannot start timeout: expected an Instant, got 5",
      ],
    ]);
  });

  test("Instant", () => {
    refused([
      [
        () => new Instant(wrong("5")),
        'RangeError: Cannot make instant: "5" is not a number of milliseconds in range',
      ],
      [
        () => now.add(wrong("5")),
        'RangeError: Cannot make instant: "5" is not a number of milliseconds in range',
      ],
      [
        () => now.sub(Number.NaN),
        "RangeError: Cannot make instant: NaN is not a number of milliseconds in range",
      ],
      [() => now.since(wrong(5)), "TypeError: Cannot compare: expected an Instant, got 5"],
      [() => now.compare(wrong(null)), "TypeError: Cannot compare: expected an Instant, got null"],
    ]);
  });
});

describe("misuse of runtimes", () => {
  test("Runtime.builder", () => {
    const metrics = { pollTime: { kind: "linear", width: -1 } };
    refused([
      [
        () => Runtime.builder(wrong(null)),
        "TypeError: Cannot build runtime: options must be an object, got null",
      ],
      [
        () => Runtime.builder({ threadName: wrong(() => 5) }),
        "TypeError: Cannot build runtime: threadName(0) must be a string with something in it, " +
          "got 5",
      ],
      [
        () => Runtime.builder({ metrics: wrong(metrics) }),
        'TypeError: Cannot make histogram: there is no option "width", did you mean "widthMs"?',
      ],
    ]);
  });

  test("Runtime", async () => {
    await using runtime = await Runtime.create({ flavor: "currentThread" });
    refused([
      [
        () => runtime.shutdown(wrong({ timout: 1 })),
        'TypeError: Cannot shut runtime down: there is no option "timout", ' +
          'did you mean "timeout"?',
      ],
      [
        () => runtime.shutdown(wrong(null)),
        "TypeError: Cannot shut runtime down: options must be an object, got null",
      ],
      [
        () => runtime.shutdown(wrong({ timeout: "5" })),
        'RangeError: Cannot shut runtime down: timeout must be a number, 0 or more, got "5"',
      ],
      [
        () => runtime.shutdown(wrong({ background: 1 })),
        "TypeError: Cannot shut runtime down: background must be true or false, got 1",
      ],
      [
        () => runtime.blockOn(wrong(5)),
        "TypeError: Cannot block on future: expected a future or a generator function, got number",
      ],
      [
        () => runtime.metrics.worker(wrong(Symbol("x"))),
        "RangeError: Cannot read metrics: worker must be a whole number from 0 to 4, got Symbol(x)",
      ],
    ]);
    expect(`${await rejection(runtime.run(wrong(5)))}`).toBe(
      "TypeError: Cannot run: expected a function, got 5",
    );
  });

  test("Runtime.shutdown takes every time limit, however long", async () => {
    const runtime = await Runtime.create({ workerThreads: 1 });
    const gate = new Gate();
    const holding = runtime.spawnBlocking(hold, gate.mark("holds"), gate.path);
    await until(() => gate.hasMark("holds"));
    const shutdown = runtime.shutdown({ timeout: Number.POSITIVE_INFINITY });
    // Timers that are given too much fire after a millisecond, which would end the job.
    const isOver = await Promise.race([shutdown.then(() => true), delay(30, false)]);
    gate.open();
    await shutdown;
    expect(isOver).toBe(false);
    expect(await holding).toBeUndefined();
  });
});
