import { describe, expect, test } from "vitest";
import {
  TASK_BEGUN,
  TASK_GENERATION,
  TASK_OUTCOME,
  TASK_PAYLOAD,
  WORKER_SPAWNED,
} from "../../../assembly/shared/layout.ts";
import {
  BEGUN,
  KIND_PINNED,
  OUTCOME_CANCELLED,
  OUTCOME_VALUE,
  REASON_CANCEL,
  REASON_JOIN,
  REASON_START,
} from "../../../assembly/shared/verdicts.ts";
import { makeWorld, turn } from "../support/probe.ts";

const HOME = 1;
/** What `state.cancel` answers if the caller has to queue the task. */
const CANCEL_QUEUE = 2;

/** Tasks that home has spawned and the one worker has started: they sleep there. */
function startedTasks(count: number) {
  const world = makeWorld({ workers: HOME });
  const one = world.thread(0);
  const home = world.thread(HOME);
  const tasks = Array.from({ length: count }, (_, index): number =>
    home.index.spawnPortable(KIND_PINNED, 0, 0, 0, 0, 0, 0, index),
  );
  expect(turn(world, one, 0)).toEqual(tasks.map((task) => [task, REASON_START]));
  for (const [index, task] of tasks.entries()) {
    one.index.bindStarted(task, 10 + index);
    one.index.suspendTask(task);
  }
  const abort = (task: number) =>
    home.index.abortTask(task, world.read(task + TASK_GENERATION)) as number;
  const finish = (task: number) => one.index.finishPortable(task, OUTCOME_VALUE, 0, 0, 0, 1);
  return { world, one, home, tasks, abort, finish };
}

describe("finish", () => {
  test("leaves alone the inbox that an abort has put the task into", () => {
    const { world, one, home, tasks, abort, finish } = startedTasks(2);
    const [ends, waits] = tasks as [number, number];
    // The inbox of the worker then holds both, the later one first.
    expect(abort(waits)).toBe(1);
    expect(abort(ends)).toBe(1);
    finish(ends);
    expect(turn(world, one, 0)).toEqual([[11, REASON_CANCEL]]);
    expect(turn(world, home, HOME)).toEqual([[ends, REASON_JOIN]]);
    expect(world.readByte(ends + TASK_OUTCOME)).toBe(OUTCOME_VALUE);
    home.index.consumeJoin(ends);
    expect(world.read(ends + TASK_GENERATION)).toBe(1);
  });

  test("leaves alone what the joiner hears of while its abort is on its way", () => {
    const { world, one, home, tasks, finish } = startedTasks(2);
    const [ends, other] = tasks as [number, number];
    // Half of an abort: the task is marked, and about to be queued on its worker.
    expect(home.state.cancel(ends)).toBe(CANCEL_QUEUE);
    finish(other);
    finish(ends);
    home.submit.toOwner(ends);
    expect(turn(world, home, HOME)).toEqual([
      [other, REASON_JOIN],
      [ends, REASON_JOIN],
    ]);
    expect(turn(world, one, 0)).toEqual([]);
    for (const task of tasks) home.index.consumeJoin(task);
    expect(tasks.map((task) => world.read(task + TASK_GENERATION))).toEqual([1, 1]);
  });
});

describe("refuse", () => {
  test("leaves the arguments to the joiner", () => {
    const world = makeWorld({ workers: HOME });
    const one = world.thread(0);
    const home = world.thread(HOME);
    const block = home.index.allocate(64) as number;
    const task = home.index.spawnPortable(KIND_PINNED, 0, 0, 0, block, 64, 0, 1) as number;
    turn(world, one, 0);
    one.index.refusePortable(task);
    expect(turn(world, home, HOME)).toEqual([[task, REASON_JOIN]]);
    expect(world.readByte(task + TASK_OUTCOME)).toBe(OUTCOME_CANCELLED);
    expect(world.readByte(task + TASK_BEGUN)).not.toBe(BEGUN);
    expect(world.read(task + TASK_PAYLOAD)).toBe(block);
    home.index.consumeJoin(task);
    expect(world.read(task + TASK_GENERATION)).toBe(1);
  });
});

describe("spawn", () => {
  test("counts on beyond 2^32", () => {
    const world = makeWorld({ workers: HOME });
    const one = world.thread(0);
    const counter = (world.worker(0) + WORKER_SPAWNED) >> 3;
    world.f64[counter] = 2 ** 32 - 1;
    one.index.spawnLocal(1);
    one.index.spawnLocal(2);
    expect(world.f64[counter]).toBe(2 ** 32 + 1);
  });
});
