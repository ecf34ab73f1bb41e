import { describe, expect, test } from "vitest";
import { TASK_GENERATION, TASK_OUTCOME, WORKER_PARK } from "../../../assembly/shared/layout.ts";
import {
  KIND_BLOCKING,
  KIND_PINNED,
  KIND_PORTABLE,
  OUTCOME_CANCELLED,
  OUTCOME_VALUE,
  PARK_NOTIFIED,
  REASON_JOIN,
  REASON_ORPHAN,
  REASON_START,
  SHUTDOWN_BEGUN,
} from "../../../assembly/shared/verdicts.ts";
import { makeWorld, type Rooms, turn } from "../support/probe.ts";

const HOME = 1;
const POOL = 2;

/** A worker, home and a blocking thread; `between` runs as the next task is about to be queued. */
function makeRuntime() {
  let between = () => {};
  const now = () => {
    const body = between;
    between = () => {};
    body();
    return 0;
  };
  const world = makeWorld({ workers: HOME, threads: POOL + 1, now });
  const one = world.thread(0);
  const home = world.thread(HOME);
  const pool = world.thread(POOL);
  home.index.enableHistograms(0, 1); // So the core asks for the time where it queues.
  const whileQueueing = (body: () => void) => {
    between = body;
  };
  const heardBy = (rooms: Rooms, index: number) =>
    turn(world, rooms, index).map(([task, reason]) => [
      reason,
      world.readByte(task + TASK_OUTCOME),
    ]);
  /** What home hears in the turn for which it must have been woken. */
  const heardByHome = () => {
    expect(world.read(world.worker(HOME) + WORKER_PARK)).toBe(PARK_NOTIFIED);
    home.park.clear(world.worker(HOME));
    return heardBy(home, HOME);
  };
  return { world, one, home, pool, whileQueueing, heardBy, heardByHome };
}

const spawn = (rooms: Rooms, kind: number): number =>
  rooms.index.spawnPortable(kind, 0, 0, 0, 0, 0, 0, 7);
const shutDown = (home: Rooms): void => home.index.shutdown(SHUTDOWN_BEGUN);
const bury = (rooms: Rooms, index: number): void => rooms.index.workerLost(index, 0, 0, 0, 0);
const CANCELLED = [[REASON_JOIN, OUTCOME_CANCELLED]];
const ORPHANED = [[REASON_ORPHAN, OUTCOME_VALUE]];

describe("shutdown", () => {
  test.each([
    ["portable", KIND_PORTABLE],
    ["pinned", KIND_PINNED],
    ["blocking", KIND_BLOCKING],
  ])("ends a %s task that is queued as the last worker has left", (_, kind) => {
    const { one, home, pool, whileQueueing, heardBy, heardByHome } = makeRuntime();
    whileQueueing(() => {
      shutDown(home);
      one.index.detach();
      expect(heardByHome()).toEqual([]);
    });
    spawn(pool, kind);
    expect(heardByHome()).toEqual([]);
    expect(heardBy(pool, POOL)).toEqual(CANCELLED);
  });

  test.each([
    ["portable", KIND_PORTABLE],
    ["pinned", KIND_PINNED],
    ["blocking", KIND_BLOCKING],
  ])("ends a %s task that was queued before, and found no thread", (_, kind) => {
    const { one, home, pool, heardBy, heardByHome } = makeRuntime();
    one.index.detach();
    spawn(pool, kind);
    shutDown(home);
    expect(heardByHome()).toEqual([]);
    expect(heardBy(pool, POOL)).toEqual(CANCELLED);
  });

  test("ends what is sent to a worker after its last turn", () => {
    const { one, home, pool, heardBy, heardByHome } = makeRuntime();
    spawn(pool, KIND_PINNED);
    shutDown(home);
    expect(heardByHome()).toEqual([]);
    expect(heardBy(pool, POOL)).toEqual([]); // For all that home knows, the worker will see to it.
    one.index.detach();
    expect(heardByHome()).toEqual([]);
    expect(heardBy(pool, POOL)).toEqual(CANCELLED);
  });

  test("ends what a worker that dies meanwhile had not begun", () => {
    const { world, one, home, pool, heardBy, heardByHome } = makeRuntime();
    const task = spawn(pool, KIND_PORTABLE);
    spawn(pool, KIND_PINNED);
    expect(turn(world, one, 0)).toEqual([
      [expect.any(Number), REASON_START],
      [task, REASON_START],
    ]);
    shutDown(home);
    expect(heardByHome()).toEqual([]);
    bury(home, 0);
    expect(heardByHome()).toEqual([]);
    expect(heardBy(pool, POOL)).toEqual([...CANCELLED, ...CANCELLED]);
  });

  test("ends a blocking job whose thread died before it had begun", () => {
    const { world, home, pool, heardByHome } = makeRuntime();
    const job = spawn(home, KIND_BLOCKING);
    expect(turn(world, pool, POOL)).toEqual([[job, REASON_START]]);
    shutDown(home);
    expect(heardByHome()).toEqual([]);
    bury(home, POOL);
    expect(heardByHome()).toEqual([]);
    expect(heardByHome()).toEqual(CANCELLED);
  });

  test("lets no thread begin what it finds in its queues", () => {
    const { one, home, heardBy } = makeRuntime();
    spawn(one, KIND_PORTABLE);
    spawn(one, KIND_PINNED);
    shutDown(home);
    expect(heardBy(one, 0)).toEqual([]);
    expect(heardBy(one, 0)).toEqual([...CANCELLED, ...CANCELLED]);
  });

  test.each(["before it was ended", "after it was ended"])(
    "has home give up the output for a worker that has left, sent %s",
    (order) => {
      const { world, one, home, pool, heardByHome } = makeRuntime();
      const task = spawn(one, KIND_BLOCKING);
      expect(turn(world, pool, POOL)).toEqual([[task, REASON_START]]);
      one.index.detach();
      const end = () => {
        shutDown(home);
        expect(heardByHome()).toEqual(order.startsWith("before") ? ORPHANED : []);
      };
      if (order.startsWith("after")) end();
      pool.index.finishPortable(task, OUTCOME_VALUE, 11, pool.index.allocate(64), 64, 0);
      if (order.startsWith("before")) end();
      else expect(heardByHome()).toEqual(ORPHANED);
      home.index.consumeJoin(task);
      expect(world.read(task + TASK_GENERATION)).toBe(1);
    },
  );
});
