import { describe, expect, test } from "vitest";
import {
  IO_READINESS,
  WAITER_STATE,
  WORKER_READY,
  WORKER_READY_COUNT,
  WORKER_WAITERS_LIVE,
} from "../../../assembly/shared/layout.ts";
import {
  READABLE,
  REASON_RESUME,
  REASON_WAITER,
  WAITER_ARMED,
  WAITER_DROPPED,
  WAITER_FIRED,
  WAITER_QUEUED,
  WRITABLE,
} from "../../../assembly/shared/verdicts.ts";
import { makeWorld } from "../support/probe.ts";

function makeThread() {
  const world = makeWorld();
  const { index: core } = world.thread(0);
  const worker = world.worker(0);
  return {
    world,
    core,
    stateOf: (waiter: number) => world.read(waiter + WAITER_STATE),
    live: () => world.read(worker + WORKER_WAITERS_LIVE),
    turn(now: number, driversPolled = false) {
      core.turn(now, driversPolled);
      return Array.from({ length: world.read(worker + WORKER_READY_COUNT) }, (_, entry) => [
        world.read(worker + WORKER_READY + entry * 8),
        world.read(worker + WORKER_READY + entry * 8 + 4),
      ]);
    },
  };
}

describe("a waiter", () => {
  test("goes from armed to queued to fired to free", () => {
    const { core, stateOf, live, turn } = makeThread();
    const waiter = core.timerArm(10, 5 * 2 + 1);
    expect(stateOf(waiter)).toBe(WAITER_ARMED);
    expect(turn(9)).toEqual([]);
    expect(turn(10)).toEqual([[5, REASON_WAITER]]);
    expect(stateOf(waiter)).toBe(WAITER_FIRED);
    core.waiterDrop(waiter);
    expect(live()).toBe(0);
  });

  test("that outlives its task wakes nobody, and harms no later one", () => {
    const { core, turn } = makeThread();
    const tasks = [core.spawnLocal(1), core.spawnLocal(2)];
    turn(0);
    const waiters = tasks.map((task) => core.timerArm(10, task));
    for (const task of tasks) core.completeLocal(task);
    expect(turn(10)).toEqual([]);
    expect([core.spawnLocal(3), core.spawnLocal(4)].sort()).toEqual(tasks.sort());
    expect(turn(11)).toEqual([
      [3, REASON_RESUME],
      [4, REASON_RESUME],
    ]);
    for (const waiter of waiters) core.waiterDrop(waiter);
  });

  test("that is dropped while queued tells nobody, and is freed by the turn", () => {
    const { core, stateOf, live, turn } = makeThread();
    const waiter = core.timerArm(0, 3);
    expect(stateOf(waiter)).toBe(WAITER_QUEUED);
    core.waiterDrop(waiter);
    expect(stateOf(waiter)).toBe(WAITER_DROPPED);
    expect(live()).toBe(1);
    expect(() => core.waiterDrop(waiter)).toThrow(/waiter\.ts/);
    expect(turn(1)).toEqual([]);
    expect(live()).toBe(0);
    expect(() => core.waiterDrop(waiter)).toThrow(/waiter\.ts/);
  });

  test("wakes a task once, however many of them fire", () => {
    const { core, turn } = makeThread();
    const task = core.spawnLocal(9);
    expect(turn(0)).toEqual([[9, REASON_RESUME]]);
    core.suspendTask(task);
    const waiters = [core.timerArm(5, task), core.timerArm(6, task)];
    expect(turn(7)).toEqual([[9, REASON_RESUME]]);
    for (const waiter of waiters) core.waiterDrop(waiter);
    core.completeLocal(task);
  });

  test("of a socket fires for what concerns it, and is dropped from its list", () => {
    const { world, core, stateOf, live } = makeThread();
    const socket = core.ioRegister(42);
    const now = core.ioWait(socket, READABLE, 3);
    expect(stateOf(now)).toBe(WAITER_FIRED);
    core.waiterDrop(now);
    world.u32[(socket + IO_READINESS) >> 2] = 0;
    const reads = [1, 2, 3].map((token) => core.ioWait(socket, READABLE, token * 2 + 1));
    const write = core.ioWait(socket, WRITABLE, 9);
    core.waiterDrop(reads[1]);
    core.ioRaise(socket, READABLE);
    expect([reads[0], reads[2], write].map(stateOf)).toEqual([
      WAITER_QUEUED,
      WAITER_QUEUED,
      WAITER_ARMED,
    ]);
    expect(stateOf(core.ioWait(socket, READABLE, 11))).toBe(WAITER_FIRED);
    core.ioDeregister(socket);
    expect(stateOf(write)).toBe(WAITER_QUEUED);
    expect(live()).toBe(4);
  });
});

describe("waiters of a socket", () => {
  test("are woken in the order in which they came, whoever left between", () => {
    const leavers = [[], [0], [2], [4], [0, 1], [3, 4], [0, 2, 4], [1, 3]];
    for (const leaving of leavers) {
      const { world, core, turn } = makeThread();
      const socket = core.ioRegister(42);
      world.u32[(socket + IO_READINESS) >> 2] = 0;
      const wait = (token: number) => core.ioWait(socket, READABLE, token * 2 + 1);
      const waiters = [0, 1, 2, 3, 4].map(wait);
      for (const token of leaving) core.waiterDrop(waiters[token] as number);
      wait(5);
      core.ioRaise(socket, READABLE);
      const left = [0, 1, 2, 3, 4, 5].filter((token) => !leaving.includes(token));
      expect(turn(0).map(([token]) => token)).toEqual(left);
    }
  });
});

describe("deferring", () => {
  test("comes back after the drivers were looked at, the latest first", () => {
    const { core, turn } = makeThread();
    for (const token of [1, 2, 3]) core.defer(token);
    expect(turn(0)).toEqual([]);
    expect(turn(0, true).map(([token]) => token)).toEqual([3, 2, 1]);
  });

  test("takes a running task behind the drivers as it yields, whoever wakes it meanwhile", () => {
    const { core, turn } = makeThread();
    const task = core.spawnLocal(9);
    turn(0);
    core.wakeTask(task);
    core.yieldTask(task);
    expect(turn(0)).toEqual([]);
    expect(turn(0, true)).toEqual([[9, REASON_RESUME]]);
    expect(core.suspendTask(task)).toBe(0);
    core.completeLocal(task);
  });
});
