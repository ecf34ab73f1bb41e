/** The concurrent rooms on real threads: what Tokio tries with loom is tried by chance here. */
import { describe, expect, test } from "vitest";
import {
  RUNTIME_INJECTOR,
  TASK_NUMBER,
  TASK_OUTCOME,
  TASK_SIZE,
  TASK_STATE,
  TASK_TOKEN,
} from "../../assembly/shared/layout.ts";
import { OUTCOME_VALUE, SHUTDOWN_BEGUN } from "../../assembly/shared/verdicts.ts";
import { aliveTasks, makeWorld, turn, type World } from "../assembly/support/probe.ts";
import { CoreThreads, forSeconds, newSeed, SECONDS, until } from "./support/core-threads.ts";

const [STOP, SEEN] = [0, 1];
const HEADER = 16;
const TIMEOUT = SECONDS * 1000 + 60_000;

interface Share {
  readonly push: number;
  readonly burst: number;
  readonly pops: number;
  readonly victims: readonly number[];
}

/** A worker's share: what it pushes and pops, and whom it robs. */
const share = (push: number, victims: readonly number[], burst = 8, pops = 8): Share => ({
  push,
  burst,
  pops,
  victims,
});

function carve(world: World, bytes: number): number {
  const address = world.thread(world.read(world.runtime) as number).region.carve(bytes);
  if (address === 0) throw new Error("Cannot carve: memory is full");
  return address;
}

/** Every task that is pushed is seen once, by whomever, with its content. */
async function everyTaskOnce(seed: number, shares: readonly Share[]): Promise<void> {
  const world = makeWorld({ workers: shares.length, pages: 512 });
  const count = shares.reduce((sum, { push }) => sum + push, 0);
  const shared = new SharedArrayBuffer((HEADER + count) * 4);
  const words = new Int32Array(shared);
  let from = 0;
  const parts = {
    shared,
    count,
    counts: HEADER,
    base: carve(world, count * TASK_SIZE),
    mark: seed >>> 0,
    injector: world.runtime + RUNTIME_INJECTOR,
    threads: shares.map(({ push, ...rest }) => {
      from += push;
      return { from: from - push, to: from, ...rest };
    }),
  };
  const plans = shares.map((_, index) => ({ scenario: "queue", index }));
  const threads = await CoreThreads.start(world, plans, seed, parts);
  await threads.run(async () => {
    await until(
      () => Atomics.load(words, SEEN) >= count,
      `${Atomics.load(words, SEEN)} of ${count}`,
    );
    Atomics.store(words, STOP, 1);
  });
  expect(words.subarray(HEADER).every((times) => times === 1)).toBe(true);
}

describe("loom_multi_thread/queue", () => {
  test("basic", { timeout: TIMEOUT }, () =>
    forSeconds((seed) => everyTaskOnce(seed, [share(50_000, []), share(0, [0])])),
  );

  test("steal_overflow", { timeout: TIMEOUT }, () =>
    forSeconds((seed) => everyTaskOnce(seed, [share(50_000, [], 600, 100), share(0, [0])])),
  );

  test("multi_stealer", { timeout: TIMEOUT }, () =>
    forSeconds((seed) =>
      everyTaskOnce(seed, [share(50_000, [], 40, 4), share(0, [0]), share(0, [0])]),
    ),
  );

  test("chained_steal", { timeout: TIMEOUT }, () =>
    forSeconds((seed) =>
      everyTaskOnce(seed, [
        share(30_000, [1], 300, 20),
        share(30_000, [0, 2], 300, 20),
        share(0, [0, 1]),
      ]),
    ),
  );
});

test("inbox: loses nothing and keeps each sender's order", { timeout: TIMEOUT }, () =>
  forSeconds(async (seed) => {
    const [senders, each] = [3, 5000];
    const world = makeWorld({ workers: senders + 1, pages: 256 });
    const shared = new SharedArrayBuffer(HEADER * 4);
    const base = carve(world, senders * each * TASK_SIZE);
    const plans = [{ scenario: "receive", index: 0 }];
    for (let index = 1; index <= senders; index++) plans.push({ scenario: "send", index });
    const parts = { shared, base, each, total: senders * each };
    await (await CoreThreads.start(world, plans, seed, parts)).run();
  }),
);

test("park: no wake is lost between two that sleep in turn", { timeout: TIMEOUT }, () =>
  forSeconds(async (seed) => {
    const world = makeWorld();
    const shared = new SharedArrayBuffer(HEADER * 4);
    const ball = carve(world, TASK_SIZE);
    const plans = [0, 1].map((index) => ({ scenario: "pingPong", index }));
    const rounds = 10_000;
    const threads = await CoreThreads.start(world, plans, seed, { shared, rounds });
    const { inbox } = world.thread(2);
    inbox.send(world.worker(0), ball);
    await threads.run();
    expect(world.read(ball + TASK_TOKEN)).toBe(2 * rounds);
  }),
);

test("state: one poller at a time, and a poll after every notification", {
  timeout: TIMEOUT,
}, async () => {
  const seed = newSeed();
  for (const cancelOneIn of [0x7fff_ffff, 500]) {
    const world = makeWorld({ workers: 3 });
    const count = 8;
    const shared = new SharedArrayBuffer((HEADER + count * 4) * 4);
    const words = new Int32Array(shared);
    const base = carve(world, count * TASK_SIZE);
    // Idle, with one reference: the test's own.
    for (let task = 0; task < count; task++) world.write(base + task * TASK_SIZE + TASK_STATE, 64);
    const injector = world.runtime + RUNTIME_INJECTOR;
    const parts = { shared, base, count, injector, fields: HEADER, cancelOneIn };
    const plans = [0, 1, 2].map((index) => ({ scenario: "words", index }));
    const threads = await CoreThreads.start(world, plans, seed, parts);
    await threads.run(async () => {
      await new Promise((wait) => setTimeout(wait, SECONDS * 500));
      Atomics.store(words, STOP, 1);
    });
    for (let task = 0; task < count; task++) {
      const [wanted, served, , cancels] = words.subarray(HEADER + task * 4, HEADER + task * 4 + 4);
      const state = world.read(base + task * TASK_SIZE + TASK_STATE);
      expect(state >>> 6, `seed ${seed}: references of task ${task}`).toBe(1);
      const isComplete = (state & 2) !== 0;
      expect(cancels, `seed ${seed}`).toBe(isComplete ? 1 : 0);
      if (!isComplete) expect(served, `seed ${seed}: task ${task}`).toBe(wanted);
    }
  }
});

/** Spawns bursts from home; every task and every child ends and is joined, with its value. */
async function runPool(seed: number, workers: number, shutDown: boolean): Promise<void> {
  const world = makeWorld({ workers, pages: 256 });
  const shared = new SharedArrayBuffer(HEADER * 4);
  const words = new Int32Array(shared);
  const parents = 200;
  const plans = Array.from({ length: workers }, (_, index) => ({ scenario: "pool", index }));
  const threads = await CoreThreads.start(world, plans, seed, { shared, parents });
  const home = world.thread(workers);
  const { index: core } = home;
  const bytes = new Uint8Array(world.memory.buffer);
  const live = new Map<number, number>();
  const hear = () => {
    for (const [task] of turn(world, home, workers)) {
      const outcome = bytes[task + TASK_OUTCOME];
      const value = world.f64[(task + TASK_NUMBER) >> 3];
      const number = live.get(task);
      if (number === undefined) throw new Error("joined a stranger");
      if (outcome === OUTCOME_VALUE ? value !== number * 2 + 1 : !shutDown)
        throw new Error("wrong value");
      live.delete(task);
      core.consumeJoin(task);
    }
  };
  await threads.run(async () => {
    let next = 0;
    for (let burst = 0; burst < 100; burst++) {
      // One at a time the workers fall asleep in between; many at once they search for each other.
      for (let size = burst % 2 === 0 ? 1 : 20; size > 0; size--, next++) {
        live.set(core.spawnPortable(1, 0, 0, 0, 0, 0, next, next), next);
        if (shutDown && next === 500) core.shutdown(SHUTDOWN_BEGUN);
      }
      const isJoined = () => {
        hear();
        return live.size === 0;
      };
      await until(isJoined, "a burst was not joined: a wake was lost", 1500);
    }
    const children = parents * 3;
    if (!shutDown) await until(() => Atomics.load(words, SEEN) === children, "children", 1500);
    const isOver = () => {
      hear();
      return aliveTasks(world) === 0;
    };
    await until(isOver, "alive tasks", 1500);
    Atomics.store(words, STOP, 1);
    for (let index = 0; index < workers; index++) core.unpark(index);
  });
}

describe("loom_multi_thread", () => {
  test("group_a::pool_multi_spawn", { timeout: TIMEOUT }, () =>
    forSeconds((seed) => runPool(seed, 2, false)),
  );

  test("group_d::pool_multi_notify", { timeout: TIMEOUT }, () =>
    forSeconds((seed) => runPool(seed, 4, false)),
  );

  test("shutdown::join_handle_cancel_on_shutdown", { timeout: TIMEOUT }, () =>
    forSeconds((seed) => runPool(seed, 3, true)),
  );
});

test("yield_now::yield_calls_park_before_scheduling_again", () => {
  const world = makeWorld();
  const { index: core } = world.thread(0);
  const task = core.spawnLocal(1);
  expect(core.turn(0, true)).toBe(1);
  core.yieldTask(task);
  // Not before the drivers were looked at, however often the worker turns.
  for (let turn = 0; turn < 5; turn++) expect(core.turn(turn, false)).toBe(2);
  expect(core.turn(9, true)).toBe(1);
});
