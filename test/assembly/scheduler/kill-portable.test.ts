/** Portable tasks, and what they have with them, on a worker that is killed at every step. */
import { describe, expect, test } from "vitest";
import { WORKER_JOINING, WORKER_READY } from "../../../assembly/shared/layout.ts";
import {
  KIND_PINNED,
  OUTCOME_CANCELLED,
  OUTCOME_VALUE,
  OUTCOME_WORKER_LOST,
  REASON_CANCEL,
  REASON_TAKEN,
} from "../../../assembly/shared/verdicts.ts";
import { dieEverywhere } from "../support/deaths.ts";
import { type Core, HOME, MORTAL, type MortalRuntime, OTHER } from "../support/mortal.ts";

/** The one task that home has spawned has ended, and home has heard so once. */
function ended(runtime: MortalRuntime, ...ways: number[]): void {
  expect(runtime.outcomes).toHaveLength(1);
  expect([OUTCOME_WORKER_LOST, ...ways]).toContain(runtime.outcomes[0]);
}

const spawnOn = (core: Core, worker: number): number =>
  core.spawnPortable(KIND_PINNED, worker, 0, 0, 0, 0, 0, 1);

/** Semaphores, each of which one stake keeps there that a thread's JavaScript has. */
const semaphores = (runtime: MortalRuntime, index: number): number[] =>
  [1, 2, 3].map(() => runtime.cores[index]?.semaphoreCreate(1, 8, runtime.owner(index)));

/** A thread is about to send these off. */
function detach(runtime: MortalRuntime, index: number, stakes: readonly number[]): void {
  for (const stake of stakes) runtime.cores[index]?.stakeMove(stake, runtime.departing(index));
}

/** A thread takes them over. */
function adopt(runtime: MortalRuntime, index: number, stakes: readonly number[]): void {
  for (const stake of stakes) runtime.cores[index]?.stakeMove(stake, runtime.owner(index));
}

/** A thread ends a task that waits on it, or has just begun. */
const finish = (core: Core, task: number): void =>
  core.finishPortable(task, OUTCOME_VALUE, 0, 0, 0, 0);

describe("a worker that is killed as it", () => {
  test.each([true, false])("ends a portable task, begun: %o", (isBegun) => {
    dieEverywhere((runtime) => {
      const home = runtime.cores[HOME] as Core;
      const task = home.spawnPortable(KIND_PINNED, MORTAL, 0, 0, 0, 0, 0, 1);
      const act = (core: Core) => {
        core.turn(runtime.now, true);
        core.bindStarted(task, 9);
        core.suspendTask(task);
        if (isBegun) core.finishPortable(task, OUTCOME_VALUE, 0, core.allocate(8), 8, 0);
        else core.refusePortable(task);
      };
      return { act, end: () => ended(runtime, OUTCOME_VALUE, OUTCOME_CANCELLED) };
    });
  });

  test.each([OTHER, MORTAL])("sends handles to a task on worker %i", (worker) => {
    dieEverywhere((runtime) => {
      const stakes = semaphores(runtime, MORTAL);
      const act = (core: Core) => {
        detach(runtime, MORTAL, stakes);
        spawnOn(core, worker);
      };
      return { act };
    });
  });

  test("takes handles that came with a task, and ends with them", () => {
    dieEverywhere((runtime) => {
      const home = runtime.cores[HOME] as Core;
      const stakes = semaphores(runtime, HOME);
      detach(runtime, HOME, stakes);
      const task = spawnOn(home, MORTAL);
      const act = (core: Core) => {
        core.turn(runtime.now, true);
        core.bindStarted(task, 9);
        runtime.markBegun(task);
        adopt(runtime, MORTAL, stakes.slice(0, 2)); // It has no use for the last.
        detach(runtime, MORTAL, stakes.slice(0, 1));
        finish(core, task);
        core.stakeDropAll(runtime.owner(MORTAL));
      };
      return { act, end: () => ended(runtime, OUTCOME_VALUE) };
    });
  });

  test("takes handles that an ended task has brought", () => {
    dieEverywhere((runtime) => {
      const task = spawnOn(runtime.cores[MORTAL] as Core, OTHER);
      const other = runtime.cores[OTHER] as Core;
      const stakes = semaphores(runtime, OTHER);
      other.turn(runtime.now, true);
      detach(runtime, OTHER, stakes);
      finish(other, task);
      const act = (core: Core) => {
        core.turn(runtime.now, true);
        runtime.write(runtime.worker(MORTAL) + WORKER_JOINING, task);
        runtime.write(runtime.worker(MORTAL) + WORKER_READY + 4, REASON_TAKEN);
        adopt(runtime, MORTAL, stakes.slice(0, 2));
        core.consumeJoin(task);
        core.stakeDropAll(runtime.owner(MORTAL));
      };
      return { act };
    });
  });

  test("aborts a task that waits on another", () => {
    dieEverywhere((runtime) => {
      const home = runtime.cores[HOME] as Core;
      const other = runtime.cores[OTHER] as Core;
      const task = spawnOn(home, OTHER);
      other.turn(runtime.now, true);
      other.bindStarted(task, 9);
      other.suspendTask(task);
      const generation = runtime.generationOf(task);
      const end = () => {
        home.abortTask(task, generation); // The abort itself may have been cut off.
        runtime.settle();
        expect(runtime.heard).toContainEqual([OTHER, 9, REASON_CANCEL]);
        finish(other, task);
        runtime.settle();
        ended(runtime, OUTCOME_VALUE);
      };
      const act = (core: Core) => {
        core.abortTask(task, generation);
        core.turn(runtime.now, true);
      };
      return { act, end };
    });
  });
});
