import { describe, expect, test } from "vitest";
import {
  IDLE_STATE,
  INJECTOR_LENGTH,
  RUNTIME_BLOCKING_WANTED,
  RUNTIME_IDLE,
  RUNTIME_INJECTOR,
  RUNTIME_SPINNERS,
  RUNTIME_SPINNERS_MAX,
  TASK_BEGUN,
  TASK_GENERATION,
  TASK_NEXT,
  TASK_OUTCOME,
  TASK_STATE,
  WAITER_HOME,
  WAITER_NEXT,
  WAITER_STATE,
  WORKER_ENDING,
  WORKER_EVENT_FD,
  WORKER_FIRING,
  WORKER_FIRING_NEXT,
  WORKER_HAND,
  WORKER_INBOX,
  WORKER_QUEUE_HEAD,
  WORKER_READY,
  WORKER_WAITERS_LIVE,
  WORKER_WHEEL,
} from "../../../assembly/shared/layout.ts";
import {
  BEGUN,
  KIND_BLOCKING,
  KIND_PINNED,
  KIND_PORTABLE,
  OUTCOME_CANCELLED,
  OUTCOME_VALUE,
  OUTCOME_WORKER_LOST,
  PARK_LOOP,
  REASON_JOIN,
  REASON_ORPHAN,
  REASON_START,
  WAITER_ARMED,
  WAITER_FIRED,
} from "../../../assembly/shared/verdicts.ts";
import { aliveTasks, makeWorld, type Rooms, turn, type World } from "../support/probe.ts";

const HOME = 2;
/** COMPLETE and NOTIFIED of the state word, and where it counts references. */
const ENDED_AND_QUEUED = 6;
const ONE_REFERENCE = 64;

function makeRuntime() {
  const world = makeWorld({ workers: HOME, threads: HOME + 2 });
  return { world, one: world.thread(0), two: world.thread(1), home: world.thread(HOME) };
}

const spawn = (rooms: Rooms, token = 7, kind = KIND_PORTABLE, worker = 0): number =>
  rooms.index.spawnPortable(kind, worker, 0, 0, 0, 0, 0, token);

const finish = (rooms: Rooms, task: number): void =>
  rooms.index.finishPortable(task, OUTCOME_VALUE, 0, 0, 0, 1);
/** Says, as the host does, that the task's body is being called. */
const begin = (world: World, task: number): void => world.writeByte(task + TASK_BEGUN, BEGUN);
/** Buries a worker that died of nothing in particular. */
const bury = (rooms: Rooms, index: number): void => rooms.index.workerLost(index, 0, 0, 0, 0);
const idleState = (world: World) => world.read(world.runtime + RUNTIME_IDLE + IDLE_STATE);

describe("bury", () => {
  test("ends what had started as lost, and lets the rest run elsewhere", () => {
    const { world, one, two, home } = makeRuntime();
    const tasks = [spawn(home), spawn(home), spawn(home)];
    expect(turn(world, one, 0)).toEqual([[tasks[0], REASON_START]]);
    begin(world, tasks[0] as number);
    bury(home, 0);
    expect(turn(world, home, HOME)).toEqual([[tasks[0], REASON_JOIN]]);
    expect(world.readByte((tasks[0] as number) + TASK_OUTCOME)).toBe(OUTCOME_WORKER_LOST);
    const others = [...turn(world, two, 1), ...turn(world, two, 1)];
    expect(others.map(([task]) => task).sort()).toEqual(tasks.slice(1).sort());
  });

  test("never tells a successor of its predecessor's tasks", () => {
    const { world, one, two, home } = makeRuntime();
    // Spawned by a worker that dies: one runs elsewhere and ends later, one dies with it.
    const elsewhere = spawn(one);
    const here = spawn(one);
    const started = turn(world, one, 0);
    const mine = started[0]?.[0] as number;
    begin(world, mine);
    bury(home, 0);
    const [other] = turn(world, two, 1);
    expect([elsewhere, here].sort()).toEqual([mine, other?.[0]].sort());
    const successor = world.thread(0);
    finish(two, other?.[0] as number);
    expect(turn(world, successor, 0)).toEqual([]);
    expect(aliveTasks(world)).toBe(0);
    // Nobody will read their output: both slots are free again.
    expect([elsewhere, here].map((task) => world.read(task + TASK_GENERATION))).toEqual([1, 1]);
  });

  test.each([false, true])("gives up an end that was handed over, unless taken: %o", (isTaken) => {
    const { world, one, two, home } = makeRuntime();
    const task = spawn(one, 7, KIND_PINNED, 1);
    turn(world, two, 1);
    two.index.finishPortable(task, OUTCOME_VALUE, 11, two.index.allocate(64), 64, 0);
    expect(turn(world, one, 0)).toEqual([[task, REASON_JOIN]]);
    // As the host does before it reads what came of the task.
    if (isTaken) world.write(world.worker(0) + WORKER_READY + 4, 0);
    bury(home, 0);
    expect(turn(world, home, HOME)).toEqual(isTaken ? [] : [[task, REASON_ORPHAN]]);
  });

  test("takes a worker off the searching ones that died between its pick and its waking", () => {
    const { world, one, two, home } = makeRuntime();
    expect(turn(world, one, 0)).toEqual([]);
    expect(one.index.parkBegin(PARK_LOOP, 0)).toBe(1);
    const task = spawn(home);
    expect(idleState(world)).toBe((2 << 16) | 1);
    bury(home, 0);
    expect(idleState(world)).toBe(1 << 16);
    expect(turn(world, two, 1)).toEqual([[task, REASON_START]]);
  });

  test("counts a worker right that died awake or asleep", () => {
    const { world, one, two, home } = makeRuntime();
    expect(turn(world, one, 0)).toEqual([]);
    expect(idleState(world)).toBe(2 << 16); // A search ends with its turn.
    bury(home, 0);
    expect(idleState(world)).toBe(1 << 16);
    expect(turn(world, two, 1)).toEqual([]);
    // Everybody looks once more after a burial.
    expect(two.index.parkBegin(PARK_LOOP, 0)).toBe(0);
    expect(two.index.parkBegin(PARK_LOOP, 0)).toBe(1);
    expect(idleState(world)).toBe(0);
    bury(home, 1);
    expect(idleState(world)).toBe(0);
    world.thread(0);
    expect(idleState(world)).toBe(1 << 16);
  });

  test("hands tasks that were pinned to the successor, in their order", () => {
    const { world, home } = makeRuntime();
    const tasks = [1, 2, 3].map((token) => spawn(home, token, KIND_PINNED, 0));
    bury(home, 0);
    expect(turn(world, world.thread(0), 0).map(([task]) => task)).toEqual(tasks);
  });

  test.each([1, 2])(
    "queues no task anew whose entry was void, with %i references",
    (references) => {
      const { world, one, two, home } = makeRuntime();
      const task = spawn(home);
      world.write(task + TASK_STATE, ENDED_AND_QUEUED + references * ONE_REFERENCE);
      expect(turn(world, one, 0)).toEqual([]);
      bury(home, 0);
      expect(turn(world, two, 1)).toEqual([]);
      expect(world.read(task + TASK_GENERATION)).toBe(2 - references);
    },
  );

  test("hands the successor a pinned task that was about to start", () => {
    const { world, one, two, home } = makeRuntime();
    const task = spawn(home, 7, KIND_PINNED, 0);
    const worker = world.worker(0);
    one.inbox.drain(worker, worker);
    expect(one.pinned.pop(worker)).toBe(task);
    world.write(worker + WORKER_HAND, task);
    bury(home, 0);
    expect(turn(world, two, 1)).toEqual([]);
    expect(turn(world, world.thread(0), 0)).toEqual([[task, REASON_START]]);
  });

  test("keeps each worker's own count of waiters", () => {
    const { world, one, home } = makeRuntime();
    home.index.timerArm(100, 1);
    for (let token = 0; token < 5; token++) one.index.timerArm(100, token * 2 + 1);
    bury(home, 0);
    expect(world.read(world.worker(0) + WORKER_WAITERS_LIVE)).toBe(0);
    expect(world.read(world.worker(HOME) + WORKER_WAITERS_LIVE)).toBe(1);
  });

  test("leaves the queue's positions to a thief that still copies", () => {
    const { world, one, two, home } = makeRuntime();
    const tasks = Array.from({ length: 10 }, () => one.task.create(KIND_PORTABLE) as number);
    for (const task of tasks) one.local.push(world.worker(0), task);
    // The thief has claimed five and is about to read them.
    expect(two.local.claimHalf(world.worker(0))).toBe(5);
    bury(home, 0);
    expect(world.read(world.runtime + RUNTIME_INJECTOR + 4)).toBe(5);
    expect(two.local.copyClaimed(world.worker(0), world.worker(1), 5)).toBe(tasks[4]);
    const copied = Array.from({ length: 4 }, () => two.local.pop(world.worker(1)));
    expect(copied).toEqual(tasks.slice(0, 4));
    // The successor's queue is whole.
    const successor = world.thread(0);
    for (const task of tasks) expect(successor.local.push(world.worker(0), task)).toBe(0);
    expect(tasks.map(() => successor.local.pop(world.worker(0)))).toEqual(tasks);
  });

  test("ends the theft of a thief that died half way, and loses none of its loot", () => {
    const { world, one, two, home } = makeRuntime();
    const tasks = Array.from({ length: 10 }, () => one.task.create(KIND_PORTABLE) as number);
    for (const task of tasks) one.local.push(world.worker(0), task);
    two.local.claimHalf(world.worker(0));
    bury(home, 1);
    expect(one.inject.popList(world.runtime + RUNTIME_INJECTOR, 1)).toBe(tasks[0]);
    expect(world.read(world.runtime + RUNTIME_INJECTOR + 4)).toBe(4);
    expect(world.read(world.worker(0) + WORKER_QUEUE_HEAD)).toBe(5);
    expect(world.read(world.worker(0) + WORKER_QUEUE_HEAD + 4)).toBe(5);
    expect(tasks.slice(5)).toEqual(tasks.slice(5).map(() => one.local.pop(world.worker(0))));
  });

  test("undoes an overflow that was under way", () => {
    const { world, one, home } = makeRuntime();
    const tasks = Array.from({ length: 256 }, () => one.task.create(KIND_PORTABLE) as number);
    for (const task of tasks) one.local.push(world.worker(0), task);
    expect(one.local.claimAll(world.worker(0))).toBe(1);
    bury(home, 0);
    expect(world.read(world.runtime + RUNTIME_INJECTOR + 4)).toBe(256);
  });

  test("finds what a worker had taken off one queue and not put into another", () => {
    const { world, one, two, home } = makeRuntime();
    const tasks = [spawn(home), spawn(home), spawn(home)];
    // It dies on its way from the injector to its own queue.
    expect(one.inject.popList(world.runtime + RUNTIME_INJECTOR, 3)).toBe(tasks[0]);
    bury(home, 0);
    const begun = tasks.flatMap(() => turn(world, two, 1));
    expect(begun.map(([task]) => task).sort()).toEqual(tasks.sort());
  });

  test("finds the newer half of a queue on its way to the injector", () => {
    const { world, one, home } = makeRuntime();
    const tasks = Array.from({ length: 256 }, () => one.task.create(KIND_PORTABLE) as number);
    for (const task of tasks) one.local.push(world.worker(0), task);
    expect(one.local.takeNewestHalf(world.worker(0), TASK_NEXT, 0)).toBe(tasks[128]);
    bury(home, 0);
    expect(world.read(world.runtime + RUNTIME_INJECTOR + 4)).toBe(256);
  });

  test("lets a task run elsewhere that had been claimed and no more", () => {
    const { world, one, two, home } = makeRuntime();
    const task = spawn(home);
    expect(one.inject.popList(world.runtime + RUNTIME_INJECTOR, 1)).toBe(task);
    one.state.claim(task);
    bury(home, 0);
    expect(turn(world, two, 1)).toEqual([[task, REASON_START]]);
  });

  test.each([
    { how: "before", isComplete: false, outcome: OUTCOME_WORKER_LOST },
    { how: "after", isComplete: true, outcome: OUTCOME_VALUE },
  ])("tells the joiner of a task whose worker died $how its last step", (death) => {
    const { world, one, home } = makeRuntime();
    const task = spawn(home);
    turn(world, one, 0);
    begin(world, task);
    world.writeByte(task + TASK_OUTCOME, OUTCOME_VALUE);
    one.owned.remove(world.worker(0), task);
    world.write(world.worker(0) + WORKER_ENDING, task);
    if (death.isComplete) {
      one.state.complete(task);
      one.task.end();
    }
    bury(home, 0);
    expect(turn(world, home, HOME)).toEqual([[task, REASON_JOIN]]);
    expect(world.readByte(task + TASK_OUTCOME)).toBe(death.outcome);
    home.index.consumeJoin(task);
    expect(world.read(task + TASK_GENERATION)).toBe(1);
    expect(aliveTasks(world)).toBe(0);
  });

  test("gives back the place of a worker that died spinning", () => {
    const { world, one, home } = makeRuntime();
    world.write(world.runtime + RUNTIME_SPINNERS_MAX, 1);
    expect(one.lifecycle.startSpin(world.worker(0))).toBe(1);
    expect(home.lifecycle.startSpin(world.worker(HOME))).toBe(0);
    bury(home, 0);
    expect(world.read(world.runtime + RUNTIME_SPINNERS)).toBe(0);
    expect(home.lifecycle.startSpin(world.worker(HOME))).toBe(1);
  });

  test("leaves the event descriptor to the successor, as a late wake may write to it", () => {
    const { world, home } = makeRuntime();
    const place = world.worker(0) + WORKER_EVENT_FD;
    expect(world.read(place) | 0).toBe(-1);
    world.write(place, 77);
    bury(home, 0);
    world.thread(0);
    expect(world.read(place)).toBe(77);
  });

  test("frees entries that were sent while it worked", () => {
    const { world, one, home } = makeRuntime();
    const task = spawn(home);
    turn(world, one, 0);
    begin(world, task);
    one.index.bindStarted(task, 3);
    one.index.suspendTask(task);
    // Aborted while its worker is dead, but not yet buried: an entry stands in the inbox.
    expect(home.index.abortTask(task, 0)).toBe(1);
    expect(world.read(world.worker(0) + WORKER_INBOX)).toBe(task);
    bury(home, 0);
    expect(turn(world, home, HOME)).toEqual([[task, REASON_JOIN]]);
    home.index.consumeJoin(task);
    expect(world.read(task + TASK_GENERATION)).toBe(1);
    expect(aliveTasks(world)).toBe(0);
  });

  test("lets a task that it had taken and not begun run elsewhere", () => {
    const { world, one, two, home } = makeRuntime();
    const task = spawn(home);
    expect(turn(world, one, 0)).toEqual([[task, REASON_START]]);
    bury(home, 0);
    expect(turn(world, two, 1)).toEqual([[task, REASON_START]]);
    // It waits for its module, and this worker dies as well.
    two.index.bindStarted(task, 3);
    two.index.suspendTask(task);
    bury(home, 1);
    const third = world.thread(0);
    expect(turn(world, third, 0)).toEqual([[task, REASON_START]]);
    begin(world, task);
    finish(third, task);
    expect(turn(world, home, HOME)).toEqual([[task, REASON_JOIN]]);
    home.index.consumeJoin(task);
    expect(world.read(task + TASK_GENERATION)).toBe(1);
    expect(aliveTasks(world)).toBe(0);
  });

  test("loses such a task with the third worker", () => {
    const { world, home } = makeRuntime();
    const task = spawn(home);
    for (let life = 0; life < 3; life++) {
      expect(turn(world, world.thread(0), 0)).toEqual([[task, REASON_START]]);
      bury(home, 0);
    }
    expect(turn(world, home, HOME)).toEqual([[task, REASON_JOIN]]);
    expect(world.readByte(task + TASK_OUTCOME)).toBe(OUTCOME_WORKER_LOST);
  });

  test("cancels such a task if it was aborted, before or after the worker died", () => {
    const { world, one, two, home } = makeRuntime();
    const [before, after] = [spawn(home), spawn(home)];
    for (const task of [before, after]) {
      expect(turn(world, one, 0)).toEqual([[task, REASON_START]]);
      one.index.bindStarted(task, 3);
      one.index.suspendTask(task);
    }
    expect(home.index.abortTask(before, 0)).toBe(1);
    bury(home, 0);
    expect(turn(world, home, HOME)).toEqual([[before, REASON_JOIN]]);
    expect(world.readByte(before + TASK_OUTCOME)).toBe(OUTCOME_CANCELLED);
    expect(home.index.abortTask(after, 0)).toBe(1);
    expect(turn(world, two, 1)).toEqual([]);
    expect(turn(world, home, HOME)).toEqual([[after, REASON_JOIN]]);
    expect(world.readByte(after + TASK_OUTCOME)).toBe(OUTCOME_CANCELLED);
  });

  test("keeps such a task for the successor if it is pinned, and for the pool if it blocks", () => {
    const { world, one, home } = makeRuntime();
    const pinned = spawn(home, 1, KIND_PINNED, 0);
    expect(turn(world, one, 0)).toEqual([[pinned, REASON_START]]);
    bury(home, 0);
    expect(turn(world, world.thread(0), 0)).toEqual([[pinned, REASON_START]]);

    const pool = world.thread(HOME + 1);
    const job = spawn(home, 2, KIND_BLOCKING);
    expect(turn(world, pool, HOME + 1)).toEqual([[job, REASON_START]]);
    world.write(world.runtime + RUNTIME_BLOCKING_WANTED, 0);
    bury(home, HOME + 1);
    expect(world.read(world.runtime + RUNTIME_BLOCKING_WANTED)).toBe(1);
    const next = world.thread(HOME + 1);
    expect(turn(world, next, HOME + 1)).toEqual([[job, REASON_START]]);
  });

  test("hands what an orphan holds to whoever can give it up", () => {
    const { world, one, two, home } = makeRuntime();
    const task = spawn(one);
    expect(turn(world, two, 1)).toEqual([]);
    bury(home, 0);
    expect(turn(world, two, 1)).toEqual([[task, REASON_START]]);
    begin(world, task);
    const block = two.index.allocate(64) as number;
    two.index.finishPortable(task, OUTCOME_VALUE, 11, block, 64, 0);
    const successor = world.thread(0);
    expect(turn(world, successor, 0)).toEqual([[task, REASON_ORPHAN]]);
    successor.index.consumeJoin(task);
    expect(world.read(task + TASK_GENERATION)).toBe(1);
  });
});

describe("bury, of a worker on which Wasm tasks slept,", () => {
  /** One that sleeps until 50 on worker 0, and its timer, which has just left the wheel. */
  function makeSleeper() {
    const { world, one, home } = makeRuntime();
    const task = home.guest.spawnFromHost(0, 0, 0, 0, 7);
    one.inject.popList(world.runtime + RUNTIME_INJECTOR, 1);
    one.state.claim(task);
    one.state.retain(task);
    const timer = one.driver.arm(50, task);
    one.state.suspend(task);
    one.wheel.remove(world.worker(0) + WORKER_WHEEL, timer);
    world.write(world.worker(0) + WORKER_HAND, 0);
    return { world, one, home, task, timer };
  }
  const queued = (world: World) => world.read(world.runtime + RUNTIME_INJECTOR + INJECTOR_LENGTH);

  test("wakes in time whose timer was due, and those behind it", () => {
    for (const place of [WORKER_FIRING, WORKER_FIRING_NEXT]) {
      const { world, home, timer } = makeSleeper();
      world.write(world.worker(0) + place, timer);
      bury(home, 0);
      home.index.turn(49, true);
      expect(queued(world)).toBe(0);
      home.index.turn(50, true);
      expect(queued(world)).toBe(1);
    }
  });

  test("takes a timer over once that had sunk to its new slot, and was still in hand", () => {
    const { world, one, home, timer } = makeSleeper();
    one.wheel.insert(world.worker(0) + WORKER_WHEEL, timer);
    world.write(world.worker(0) + WORKER_FIRING, timer);
    bury(home, 0);
    expect(world.read(timer + WAITER_NEXT)).toBe(0);
    home.index.turn(50, true);
    expect(queued(world)).toBe(1);
    expect(home.driver.nextDeadline()).toBe(Infinity);
  });

  test("wakes whose timer had fired, and who had not been told", () => {
    const { world, home, timer } = makeSleeper();
    world.write(world.worker(0) + WORKER_FIRING, timer);
    world.write(timer + WAITER_STATE, WAITER_FIRED);
    bury(home, 0);
    expect(queued(world)).toBe(1);
  });

  test("leaves a timer alone that has fired, was given up and is another's by now", () => {
    for (const state of [WAITER_ARMED, WAITER_FIRED]) {
      const { world, home, task, timer } = makeSleeper();
      world.write(world.worker(0) + WORKER_FIRING, timer);
      world.write(timer + WAITER_STATE, state);
      // It is, or was, in the wheel of a worker that lives.
      world.write(timer + WAITER_HOME, world.worker(1) + WORKER_WHEEL);
      const before = world.read(task + TASK_STATE);
      bury(home, 0);
      expect([queued(world), world.read(timer + WAITER_STATE)]).toEqual([0, state]);
      expect(home.driver.nextDeadline()).toBe(Infinity);
      expect(world.read(task + TASK_STATE)).toBe(before);
    }
  });
});
