/**
 * A task that is aborted in the very turn in which what it waits for reaches it: either it gives
 * that to its joiner, or it has left it where it was.
 */
import { type Future, Mutex, mpsc, oneshot, Semaphore, spawn, timeout } from "tokiwa";
import { describe, expect, test } from "vitest";
import * as portable from "../conformance/fixtures/tasks.mjs";
import { runtimesOf } from "../conformance/flavors.ts";
import { seeded } from "../support/random.ts";
import { turns } from "../support/waiting.ts";

const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);
const ROUNDS = 60;

/** Something that one task waits for. */
interface Subject {
  /** Waits; true once it has what it came for. */
  wait(): Future<unknown>;
  /** Lets the one who waits have it. */
  grant(): void;
  /** Is what was granted still there for somebody else? */
  isLeft(): boolean;
}

const subjects: Record<string, () => Subject> = {
  "an mpsc channel's recv": () => {
    const { sender, receiver } = mpsc.unboundedChannel<string>();
    return {
      wait: () => receiver.recv(),
      grant: () => sender.send("message"),
      isLeft: () => receiver.tryRecv() === "message",
    };
  },
  "an mpsc channel's reserve": () => {
    const { sender, receiver } = mpsc.channel<string>(1);
    sender.trySend("first");
    return {
      wait: () => sender.reserve(),
      grant: () => receiver.tryRecv(),
      isLeft: () => sender.capacity === 1,
    };
  },
  "a oneshot channel": () => {
    const { sender, receiver } = oneshot.channel<string>();
    return {
      wait: () => receiver.recv(),
      grant: () => sender.send("message"),
      isLeft: () => receiver.tryRecv() === "message",
    };
  },
  "a semaphore": () => {
    const semaphore = new Semaphore(0);
    return {
      wait: () => semaphore.acquire(),
      grant: () => semaphore.addPermits(1),
      isLeft: () => semaphore.availablePermits === 1,
    };
  },
  "a mutex": () => {
    const mutex = new Mutex(0);
    const guard = mutex.tryLock();
    return {
      wait: () => mutex.lock(),
      grant: () => guard?.[Symbol.dispose](),
      isLeft: () => !mutex.isLocked,
    };
  },
};

/** Ways to wait. */
const tasks: Record<string, (subject: Subject) => ReturnType<typeof spawn>> = {
  "an async function": (subject) => spawn(async () => await subject.wait()),
  "a generator": (subject) =>
    spawn(function* () {
      return yield* subject.wait();
    }),
  "a part of a task": (subject) =>
    spawn(async () => await timeout(1e9, async () => await subject.wait())),
};

function shuffled<T>(random: () => number, list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value);
}

describe.each(Object.entries(tasks))("%s that is aborted as it gets its turn", (_, start) => {
  test.each(Object.entries(subjects))(`loses nothing of %s, seed ${SEED}`, async (_, make) => {
    const random = seeded(SEED);
    for (let round = 0; round < ROUNDS; round++) {
      const subject = make();
      const task = start(subject);
      await turns(1 + Math.floor(random() * 3));
      for (const move of shuffled(random, [() => subject.grant(), () => task.abort()])) move();
      const got = await task.then(
        () => true,
        () => false,
      );
      await turns(1);
      expect([round, got, subject.isLeft()]).toEqual([round, got, !got]);
    }
  });
});

/** Lets an async function that was aborted while it waited for a promise go on with `wait`. */
async function goOnAborted(grant: () => void, wait: () => PromiseLike<unknown>): Promise<void> {
  let settle = () => {};
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const task = spawn(async () => {
    await promise;
    await wait();
  });
  await turns(1);
  grant();
  task.abort();
  await expect(task).rejects.toThrow("cancelled");
  settle();
  await turns(1);
}

describe("an async function that was aborted in a promise's wait", () => {
  test.each(Object.entries(subjects))("takes nothing of %s", async (_, make) => {
    const subject = make();
    await goOnAborted(subject.grant, subject.wait);
    expect(subject.isLeft()).toBe(true);
  });

  test("takes nothing in a loop over a channel", async () => {
    const { sender, receiver } = mpsc.unboundedChannel<string>();
    await goOnAborted(
      () => sender.send("message"),
      async () => {
        for await (const _ of receiver) break;
      },
    );
    expect(receiver.tryRecv()).toBe("message");
  });
});

describe("a portable task that is aborted as it gets its turn", () => {
  const make = runtimesOf({ workerThreads: 1 });

  test("leaves a permit that it does not bring home", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      for (let round = 0; round < 300; round++) {
        const semaphore = new Semaphore(0);
        const task = spawn(portable.takePermit, semaphore);
        await turns(1 + (round % 3));
        semaphore.addPermits(1);
        task.abort();
        const taken = await task.then(
          () => 1,
          () => 0,
        );
        expect([round, taken + semaphore.availablePermits]).toEqual([round, 1]);
      }
    });
  });
});
