/** Wasm tasks on a worker that is killed, at every step of what it does with them. */
import { describe, expect, test } from "vitest";
import {
  BRANCH_ARGUMENT,
  BRANCH_HANDLE,
  BRANCH_KIND,
  BRANCH_SIZE,
  HANDLE_SECOND,
  STAKE_KEPT,
} from "../../../assembly/shared/layout.ts";
import { FREE_BATCH, LOCAL_QUEUE_SLOTS } from "../../../assembly/shared/limits.ts";
import {
  ENTRY_BOUND,
  OUTCOME_CANCELLED,
  OUTCOME_VALUE,
  OUTCOME_WORKER_LOST,
  REASON_CALL,
  SELECT_ACQUIRE,
  SELECT_JOIN,
  SELECT_RECEIVE,
  SELECT_SLEEP,
  SYNC_CLOSED,
  SYNC_DONE,
} from "../../../assembly/shared/verdicts.ts";
import { dieEverywhere } from "../support/deaths.ts";
import {
  type Core,
  HOME,
  MORTAL,
  type MortalRuntime,
  OTHER,
  type Step,
} from "../support/mortal.ts";

const FOREVER = Number.POSITIVE_INFINITY;
const SOON_MS = 2000;
const LATER_MS = 1e5;
/** Of a block of the class of which as many move at once. */
const BLOCK_BYTES = 8;

const yieldNow: Step = (core) => core.guestYield();
const sleepLong: Step = (core) => core.guestSleepUntil(LATER_MS);
const nothing: Step = () => {};

/** The worker takes some turns, and some more as it is a little later. */
function turns(runtime: MortalRuntime, core: Core): void {
  for (const now of [runtime.now, SOON_MS]) {
    runtime.now = now;
    for (let turn = 0; turn < 6; turn++) core.turn(now, true);
  }
}

/** The one task that home has spawned has ended, and home has heard so once. */
function ended(runtime: MortalRuntime, ...ways: number[]): void {
  expect(runtime.outcomes).toHaveLength(1);
  expect([OUTCOME_WORKER_LOST, ...ways]).toContain(runtime.outcomes[0]);
}

/** Kills the worker as it runs a task of these steps. */
function dieRunning(stepsOf: (runtime: MortalRuntime) => Step[]): void {
  dieEverywhere((runtime) => {
    runtime.spawn(runtime.guest(...stepsOf(runtime)));
    return {
      act: (core) => turns(runtime, core),
      end: () => ended(runtime, OUTCOME_VALUE),
    };
  });
}

/** Kills the worker as it aborts a task of these steps, which waits, begun by the other one. */
function dieAborting(stepsOf: (runtime: MortalRuntime) => Step[]): void {
  dieEverywhere((runtime) => {
    const task = runtime.spawn(runtime.guest(...stepsOf(runtime)));
    runtime.settle([OTHER]);
    const generation = runtime.generationOf(task);
    const act = (core: Core) => {
      core.abortTask(task, generation);
      turns(runtime, core);
    };
    const end = () => {
      runtime.cores[HOME]?.abortTask(task, generation); // The abort itself may have been cut off.
      runtime.settle();
      ended(runtime, OUTCOME_CANCELLED, OUTCOME_VALUE);
    };
    return { act, end };
  });
}

/** Spawns a child of these steps, with handles that are in `kept.luggage`. */
function spawnChild(runtime: MortalRuntime, steps: Step[], shape?: number): Step {
  const guest = runtime.guest(...steps);
  return (core, kept) => {
    runtime.tell(guest, kept);
    kept.child = runtime.spawnChild(core, guest, kept.luggage, shape);
  };
}

const join: Step = (core, kept) => {
  kept.outcome = core.guestJoin(kept.child, FOREVER);
};

describe("a worker that is killed with a task that", () => {
  test("yields and ends", () => {
    dieRunning(() => [yieldNow, nothing]);
  });

  test("sleeps", () => {
    dieRunning(() => [(core) => core.guestSleepUntil(SOON_MS), nothing]);
  });

  test("spawns a child, joins and leaves it", () => {
    dieRunning((runtime) => [
      spawnChild(runtime, [yieldNow]),
      join,
      (core, kept) => core.guestLeave(kept.child),
    ]);
  });

  test("joins a child for a while only", () => {
    dieRunning((runtime) => [
      spawnChild(runtime, [sleepLong]),
      (core, kept) => core.guestJoin(kept.child, SOON_MS),
    ]);
  });

  test("ends with children, one of them bound to it", () => {
    dieRunning((runtime) => [
      spawnChild(runtime, [yieldNow]),
      spawnChild(runtime, [sleepLong], ENTRY_BOUND),
      spawnChild(runtime, []),
      yieldNow,
    ]);
  });

  test("holds a lock for which its child waits", () => {
    dieRunning((runtime) => [
      (core, kept) => {
        kept.lock = core.guestCreateSemaphore(1, 8);
        kept.permit = core.guestAcquire(kept.lock, 1);
        kept.shared = core.guestClone(kept.lock);
        kept.luggage = core.guestTie(kept.shared, 0);
      },
      spawnChild(runtime, [(core, kept) => core.guestAcquire(kept.shared, 1)]),
      yieldNow,
      (core, kept) => core.guestDrop(kept.permit),
      join,
    ]);
  });

  test("sends more to its child than fits", () => {
    const send: Step = (core, kept) => core.guestSend(kept.sender, 5n);
    const receive: Step = (core, kept) => core.guestReceive(kept.receiver);
    dieRunning((runtime) => [
      makeChannel(false),
      (core, kept) => {
        kept.luggage = core.guestTie(kept.receiver, 0);
      },
      spawnChild(runtime, [receive, receive, receive, receive]),
      send,
      send,
      send,
      (core, kept) => core.guestDrop(kept.sender),
      join,
    ]);
  });

  test("sends itself a message, and receives it", () => {
    dieRunning(() => [
      makeOneshot(true),
      (core, kept) => core.guestSendOnce(kept.sender, BigInt(core.allocate(16))),
      (core, kept) => core.guestReceive(kept.receiver),
      (core, kept) => core.guestDrop(kept.receiver),
    ]);
  });

  test("has a message from its child, and receives it once", () => {
    dieRunning((runtime) => [
      makeOneshot(false),
      (core, kept) => {
        kept.luggage = core.guestTie(kept.sender, 0);
      },
      spawnChild(runtime, [(core, kept) => core.guestSendOnce(kept.sender, 5n)]),
      (core, kept) => core.guestReceiveOnce(kept.receiver),
      join,
    ]);
  });

  test("is told what it told itself", () => {
    dieRunning(() => [makeNotify, (core, kept) => core.guestNotifyOne(kept.notify), waitToBeTold]);
  });

  test("tells a child that waits for it", () => {
    dieRunning((runtime) => [
      makeNotify,
      (core, kept) => {
        kept.shared = core.guestClone(kept.notify);
        kept.luggage = core.guestTie(kept.shared, 0);
      },
      spawnChild(runtime, [(core, kept) => core.guestNotified(kept.shared)], ENTRY_BOUND),
      yieldNow,
      (core, kept) => core.guestNotifyOne(kept.notify),
      join,
    ]);
  });

  test("takes over the handle that its child returns", () => {
    dieRunning((runtime) => [
      spawnChild(runtime, giveSemaphore),
      join,
      (core, kept) => {
        if (kept.outcome === OUTCOME_VALUE) kept.handle = core.guestTakeHandle(kept.child);
      },
      (core, kept) => core.guestLeave(kept.child),
    ]);
  });

  test("ends without the handle that its child returns", () => {
    dieRunning((runtime) => [spawnChild(runtime, giveSemaphore), yieldNow, yieldNow]);
  });

  test("leaves a child that has two handles", () => {
    dieRunning((runtime) => [
      (core, kept) => {
        const semaphore = core.guestClone(core.guestCreateSemaphore(1, 8));
        const notify = core.guestClone(core.guestCreateNotify(0));
        kept.luggage = core.guestTie(semaphore, core.guestTie(notify, 0));
      },
      spawnChild(runtime, [yieldNow]),
      (core, kept) => core.guestLeave(kept.child),
    ]);
  });

  test("selects, and a child's end comes first", () => {
    dieRunning((runtime) => selecting(runtime, [(core) => core.guestSleepUntil(SOON_MS)]));
  });
});

describe("a worker that is killed as it aborts a task that", () => {
  test("sleeps on the other worker's wheel", () => {
    dieAborting(() => [sleepLong]);
  });

  test("waits to be told", () => {
    dieAborting(() => [makeNotify, waitToBeTold]);
  });

  test("waits for one of its children", () => {
    dieAborting((runtime) => [
      spawnChild(runtime, [sleepLong]),
      spawnChild(runtime, [sleepLong]),
      spawnChild(runtime, [sleepLong]),
      join,
    ]);
  });

  test("selects", () => {
    dieAborting((runtime) => selecting(runtime, [sleepLong]));
  });

  test("waits for permits, with a child behind it", () => {
    dieAborting((runtime) => [
      (core, kept) => {
        kept.lock = core.guestCreateSemaphore(1, 0);
        kept.shared = core.guestClone(kept.lock);
        kept.luggage = core.guestTie(kept.shared, 0);
      },
      spawnChild(runtime, [(core, kept) => core.guestAcquire(kept.shared, 1)]),
      (core, kept) => core.guestAcquire(kept.lock, 2),
    ]);
  });
});

describe("a worker that is killed as a task calls home", () => {
  test("has the call made once or not at all, and answered to nobody", () => {
    dieEverywhere((runtime) => {
      const home = runtime.cores[HOME] as Core;
      runtime.spawn(
        runtime.guest(
          makeChannel(true),
          (core, kept) => core.guestCall(kept.sender, core.allocate(8)),
          (core, kept) => {
            kept.verdict = core.guestReceive(kept.receiver);
          },
        ),
      );
      const answer = () => {
        const calls = runtime.heard.filter(([, , reason]) => reason === REASON_CALL);
        expect(calls.length).toBeLessThanOrEqual(1);
        for (const [, sender] of calls) {
          home.release(runtime.read(sender + STAKE_KEPT)); // The request.
          runtime.write(sender + STAKE_KEPT, 0);
          const block = home.allocate(8);
          const verdict = home.oneshotSend(sender, BigInt(block));
          if (verdict === SYNC_CLOSED) home.release(block);
          else expect(verdict).toBe(SYNC_DONE);
        }
      };
      return {
        act: (core) => turns(runtime, core),
        check: answer,
        end: () => ended(runtime, OUTCOME_VALUE),
      };
    });
  });
});

/** Guests that say as they run: how often each has. */
function counted(runtime: MortalRuntime, count: number): { guests: bigint[]; runs: number[] } {
  const runs = Array.from({ length: count }, () => 0);
  const guests = runs.map((_, index) =>
    runtime.guest(() => {
      runs[index] = (runs[index] as number) + 1;
    }),
  );
  return { guests, runs };
}

/** Each has run once. One of them may have died with the worker that had it. */
function ranOnce(runs: readonly number[], outcomes: readonly number[]): void {
  expect(Math.max(...runs)).toBe(1);
  expect(outcomes).toHaveLength(runs.length);
  const lost = outcomes.filter((outcome) => outcome !== OUTCOME_VALUE);
  expect([[], [OUTCOME_WORKER_LOST]]).toContainEqual(lost);
}

/** Has so many tasks live and end, so that there are slots for as many. */
function carveTasks(runtime: MortalRuntime, count: number): void {
  for (let index = 0; index < count; index++) runtime.spawn(runtime.guest(), MORTAL);
  runtime.settle();
}

describe("a worker that is killed as it", () => {
  test("takes its share of what is queued for all", () => {
    dieEverywhere((runtime) => {
      const { guests, runs } = counted(runtime, 6);
      for (const guest of guests) runtime.spawn(guest);
      const act = (core: Core) => turns(runtime, core);
      return { act, end: () => ranOnce(runs, runtime.outcomes) };
    });
  });

  test("steals from another", () => {
    dieEverywhere((runtime) => {
      const { guests, runs } = counted(runtime, 7);
      for (const guest of guests) runtime.spawn(guest, OTHER);
      const act = (core: Core) => turns(runtime, core);
      return { act, end: () => ranOnce(runs, runtime.outcomes) };
    });
  });

  test("has more tasks than its queue holds", () => {
    dieEverywhere((runtime) => {
      const { guests, runs } = counted(runtime, LOCAL_QUEUE_SLOTS + 3);
      carveTasks(runtime, guests.length);
      const last = guests.splice(-3);
      for (const guest of guests) runtime.spawn(guest, MORTAL);
      const act = () => {
        for (const guest of last) runtime.spawn(guest, MORTAL);
      };
      // Those that it was about to spawn may not be there.
      const check = (wasKilled: boolean) => {
        expect(Math.max(...runs)).toBe(1);
        const missing = runs.flatMap((count, index) => (count === 0 ? [index] : []));
        expect(missing.filter((index) => index < guests.length)).toEqual([]);
        if (!wasKilled) expect(missing).toEqual([]);
      };
      return { act, check };
    });
  });

  test("takes blocks of others' and gives them back", () => {
    dieEverywhere((runtime) => {
      const home = runtime.cores[HOME] as Core;
      const all = Array.from({ length: 4 * FREE_BATCH }, () => home.allocate(BLOCK_BYTES));
      for (const block of all) home.release(block);
      const held: number[] = [];
      const act = (core: Core) => {
        while (held.length < 2 * FREE_BATCH) held.push(core.allocate(BLOCK_BYTES));
        while (held.length > 0) core.release(held.pop());
      };
      const end = () => {
        for (const block of held) home.release(block);
      };
      return { act, end };
    });
  });
});

const makeChannel =
  (blocks: boolean): Step =>
  (core, kept) => {
    const ends: bigint = core.guestCreateChannel(1, blocks);
    kept.receiver = Number(ends & 0xffffffffn);
    kept.sender = Number(ends >> 32n);
  };

const makeOneshot =
  (blocks: boolean): Step =>
  (core, kept) => {
    const receiver = core.guestCreateOneshot(blocks);
    kept.receiver = receiver;
    kept.sender = receiver + HANDLE_SECOND;
  };

const makeNotify: Step = (core, kept) => {
  kept.notify = core.guestCreateNotify(0);
};

const waitToBeTold: Step = (core, kept) => core.guestNotified(kept.notify);

const giveSemaphore: Step[] = [
  (core, kept) => {
    kept.semaphore = core.guestCreateSemaphore(1, 8);
  },
  (core, kept) => core.guestGiveHandle(kept.semaphore),
];

/** Waits for permits, a child, a message and a moment at once. */
function selecting(runtime: MortalRuntime, child: Step[]): Step[] {
  const branches = runtime.reserve(BRANCH_SIZE * 4);
  const waitFor = (index: number, kind: number, handle = 0, argument = 0n) => {
    const at = branches + index * BRANCH_SIZE;
    runtime.clear(at, BRANCH_SIZE);
    runtime.write(at + BRANCH_KIND, kind);
    runtime.write(at + BRANCH_HANDLE, handle);
    runtime.writeLong(at + BRANCH_ARGUMENT, argument);
  };
  return [
    makeChannel(false),
    (core, kept) => {
      kept.semaphore = core.guestCreateSemaphore(0, 0);
    },
    spawnChild(runtime, child),
    (_, { semaphore, child, receiver }) => {
      waitFor(0, SELECT_ACQUIRE, semaphore, 1n);
      waitFor(1, SELECT_JOIN, child);
      waitFor(2, SELECT_RECEIVE, receiver);
      waitFor(3, SELECT_SLEEP, 0, MOMENT);
    },
    (core) => core.guestSelect(branches, 4, true),
  ];
}
/** The bits of a moment that is far away. */
const MOMENT = new BigUint64Array(Float64Array.of(LATER_MS).buffer)[0];
