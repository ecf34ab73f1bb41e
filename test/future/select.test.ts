import {
  byRef,
  CancelledError,
  co,
  type Future,
  fromSignal,
  JoinSet,
  join,
  LocalSet,
  Mutex,
  mpsc,
  Notify,
  PENDING,
  pending,
  pollFn,
  Runtime,
  RwLock,
  ready,
  Semaphore,
  scope,
  select,
  sleep,
  spawn,
  TaskTracker,
  tryJoin,
  yieldNow,
} from "tokiwa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collectUntil } from "../support/collected.ts";
import { until } from "../support/waiting.ts";

let runtime: Runtime;
beforeEach(async () => {
  runtime = await Runtime.create({ flavor: "currentThread" });
});
afterEach(() => runtime.shutdown());

/** A test whose body runs on the runtime. */
function inside(name: string, body: () => Promise<void>): void {
  test(name, () => runtime.run(body));
}

const failing = (message: string) => async () => {
  throw new Error(message);
};

describe("permits and guards that nobody gets are given back", () => {
  const aborted = (semaphore: Semaphore, waiting: Future<unknown>) => {
    const task = spawn(async () => await waiting);
    return until(() => semaphore.availablePermits === 0).then(() => task.abort());
  };
  type Story = (semaphore: Semaphore) => PromiseLike<unknown>;
  const stories: Record<string, Story> = {
    "by a join that is given up": (semaphore) =>
      aborted(semaphore, join([semaphore.acquire(), pending()])),
    "by a join of which another fails": (semaphore) =>
      join([semaphore.acquire(), failing("no")]).catch(() => {}),
    "by a tryJoin of which another fails": (semaphore) =>
      tryJoin([semaphore.acquire(), failing("no")]).catch(() => {}),
    "by a select that refuses them": (semaphore) =>
      select({ permit: { work: semaphore.acquire(), match: () => false } }, { else: () => {} }),
    "by a select that fails at that": (semaphore) => {
      const match = () => {
        throw new Error("no");
      };
      return select({ permit: { work: semaphore.acquire(), match } }).catch(() => {});
    },
    "by a scope of which a task fails": (semaphore) =>
      scope(async (inner) => {
        inner.spawn(failing("no"));
        return await semaphore.acquire();
      }).catch(() => {}),
    "by a scope that is given up": (semaphore) =>
      aborted(
        semaphore,
        scope(async (inner) => {
          inner.spawn(async () => await pending());
          return await semaphore.acquire();
        }),
      ),
  };
  for (const [name, story] of Object.entries(stories)) {
    inside(name, async () => {
      const semaphore = new Semaphore(1);
      await story(semaphore);
      await until(() => semaphore.availablePermits === 1);
    });
  }

  inside("and so are locks and room in channels, but what is somebody's stays", async () => {
    const [mutex, lock, { sender }] = [new Mutex(1), new RwLock(1), mpsc.channel(4)];
    const { receiver } = mpsc.channel(1);
    const granted = [mutex.lock(), lock.write(), sender.reserve(), sender.reserveMany(2)];
    const whole = tryJoin([...granted, async () => receiver, failing("no")]);
    await expect(Promise.resolve(whole)).rejects.toThrow("no");
    expect([mutex.tryLock(), lock.tryWrite()]).not.toContain(undefined);
    expect([sender.capacity, receiver.length]).toEqual([4, 0]);
    const owned = join([sender.reserveOwned(), failing("no")]);
    await expect(Promise.resolve(owned)).rejects.toThrow("no");
    expect(() => sender.capacity).toThrow("disposed");
  });
});

describe("select", () => {
  inside("gives the key and the value of the first", async () => {
    expect(await select({ slow: sleep(60_000), fast: sleep(1) })).toEqual({
      key: "fast",
      value: undefined,
    });
    expect(await select([sleep(60_000), async () => 5])).toEqual({ key: 1, value: 5 });
  });

  inside("asks a random branch first, unless it is biased", async () => {
    const keys = async (biased: boolean) => {
      const seen = new Set<number>();
      for (let round = 0; round < 100; round++) {
        seen.add((await select([ready(0), ready(0), ready(0)], { biased })).key);
      }
      return [...seen].sort();
    };
    expect(await keys(false)).toEqual([0, 1, 2]);
    expect(await keys(true)).toEqual([0]);
  });

  inside("fails with the first that fails, and gives up the others", async () => {
    let given = 0;
    const other = pollFn<never>(
      () => PENDING,
      () => {
        given += 1;
      },
    );
    await expect(select({ other, failing: failing("first") })).rejects.toThrow("first");
    expect(given).toBe(1);
  });

  inside("leaves a message in the channel, and a permit in the semaphore, that lose", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const semaphore = new Semaphore(0);
    for (let round = 0; round < 200; round++) {
      const racing = spawn(() => select({ message: receiver.recv(), permit: semaphore.acquire() }));
      await yieldNow();
      sender.trySend(round);
      semaphore.addPermits(1);
      const won = await racing;
      using _permit = won.key === "permit" ? won.value : await semaphore.acquire();
      expect(won.key === "message" ? won.value : await receiver.recv()).toBe(round);
      expect([receiver.length, semaphore.availablePermits]).toEqual([0, 0]);
      _permit.forget();
    }
  });

  inside("tells the function that loses", async () => {
    const seen: unknown[] = [];
    const work = async (signal: AbortSignal) => {
      signal.addEventListener("abort", () => seen.push("signal"));
      try {
        await sleep(60_000);
      } catch (error) {
        seen.push(error);
      }
    };
    await select({ work, turn: yieldNow() });
    await yieldNow();
    expect(seen).toEqual(["signal", expect.any(CancelledError)]);
  });

  inside("listens to a promise once, however often it loses", async () => {
    let listeners = 0;
    const promise: PromiseLike<number> = {
      // biome-ignore lint/suspicious/noThenProperty: it counts who listens.
      then: (onValue) => {
        listeners += 1;
        return new Promise<number>(() => {}).then(onValue);
      },
    };
    for (let round = 0; round < 10; round++) await select({ promise, turn: yieldNow() });
    expect(listeners).toBe(1);
  });

  inside("is given up itself with all its branches", async () => {
    let given = 0;
    const branch = () =>
      pollFn<never>(
        () => PENDING,
        () => {
          given += 1;
        },
      );
    const nested = select({ inner: select([branch(), branch()]), joined: join([branch()]) });
    await select({ nested, turn: yieldNow() });
    expect(given).toBe(3);
  });

  inside("goes on without what does not match, and fails if nothing is left", async () => {
    const no = { work: ready(1), match: () => false };
    expect(await select({ no, yes: sleep(1) })).toEqual({ key: "yes", value: undefined });
    expect(await select({ no }, { else: () => "none" })).toEqual({ key: "else", value: "none" });
    await expect(select([undefined, null, false])).rejects.toThrow(
      "Cannot select: no branch is left, and there is no else",
    );
  });

  test("refuses what is no branch", () => {
    const wrong = (branch: unknown) => () => select({ branch } as { branch: Future<void> });
    expect(wrong(5)).toThrow("Cannot select: expected a future, a promise or a function, got 5");
    expect(wrong({ whne: true })).toThrow('there is no option "whne", did you mean "when"?');
    expect(() => select(5 as never)).toThrow("expected an object or an array of futures, got 5");
  });
});

describe("co", () => {
  inside("tells a generator where it yields what cannot be waited for", async () => {
    const refused = function* () {
      try {
        yield 5 as never;
        return "went on";
      } catch (error) {
        return (error as Error).message;
      }
    };
    const message = "Cannot wait in task: yield* takes a future, got 5";
    expect(await co(refused)).toBe(message);
    expect(await spawn(refused)).toBe(message);
  });
});

describe("waits of one task for one thing", () => {
  /** The first is given up while the second waits, until `end` is called. */
  async function waitTwice(wait: () => Future<unknown>, end: () => void): Promise<void> {
    const loser = select({ lost: wait(), won: sleep(1) });
    const both = join([wait(), loser], { biased: true });
    const ending = spawn(async () => {
      await sleep(5);
      end();
    });
    await both;
    await ending;
  }

  inside("are given up by themselves: a tracker", async () => {
    const tracker = new TaskTracker();
    await waitTwice(
      () => tracker.wait(),
      () => tracker.close(),
    );
  });

  inside("are given up by themselves: a task's handle", async () => {
    const signal = new Notify();
    const task = spawn(async () => await signal.notified());
    await waitTwice(
      () => task,
      () => signal.notifyOne(),
    );
  });

  inside("leave nothing behind, however many there were", async () => {
    const signal = new Notify();
    const task = spawn(async () => await signal.notified());
    const others = spawn(async () => await join([task, task]));
    await yieldNow();
    const wakers: WeakRef<object>[] = [];
    const watching = pollFn((waker) => {
      wakers.push(new WeakRef(waker));
      return PENDING;
    });
    const lent = () => select({ task: byRef(task), watching, won: yieldNow() }, { biased: true });
    const inside = co(function* () {
      yield* task;
    });
    for (let round = 0; round < 5; round++) {
      await select({ task, watching, won: yieldNow() }, { biased: true });
      await lent();
    }
    await select({ inside, watching, won: yieldNow() }, { biased: true });
    await collectUntil(() => wakers.every((waker) => waker.deref() === undefined));
    signal.notifyOne();
    await others;
  });

  inside("are given up by themselves: sets of tasks", async () => {
    const set = new JoinSet<void>();
    const local = new LocalSet();
    const body = async () => await signal.notified();
    const signal = new Notify();
    set.spawn(body);
    await waitTwice(
      () => set.joinNext(),
      () => signal.notifyOne(),
    );
    local.spawnLocal(body);
    await waitTwice(
      () => local.done(),
      () => signal.notifyOne(),
    );
  });
});

describe("in another runtime", () => {
  inside("messages are received without end, however little that runtime does", async () => {
    await using other = await Runtime.create({ flavor: "currentThread" });
    const { sender, receiver } = await other.run(() => mpsc.channel<number>(1));
    for (let round = 0; round < 500; round++) {
      await sender.send(round);
      expect(await select([receiver.recv()])).toEqual({ key: 0, value: round });
    }
  });
});

describe("join", () => {
  inside("waits for all, though some fail", async () => {
    let ended = false;
    const slow = co(function* () {
      yield* sleep(5);
      ended = true;
    });
    await expect(join([failing("one"), slow])).rejects.toThrow("one");
    expect(ended).toBe(true);
  });

  inside("tells every failure", async () => {
    const joined = join([failing("one"), sleep(1), failing("two")]);
    const error = (await joined.catch((reason) => reason)) as unknown as AggregateError;
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors.map(String)).toEqual(["Error: one", "Error: two"]);
    expect(error.message).toBe("Cannot join: 2 have failed");
  });

  inside("keeps the order of the keys", async () => {
    const joined = await join({ slow: sleep(2), fast: sleep(1) });
    expect(Object.keys(joined)).toEqual(["slow", "fast"]);
  });
});

describe("tryJoin", () => {
  inside("gives up all others, even if one fails as it is given up", async () => {
    const givenUp: string[] = [];
    const holding = (name: string) =>
      pollFn(
        () => PENDING,
        () => void givenUp.push(name),
      );
    const refusing = pollFn(
      () => PENDING,
      () => {
        throw new Error("given up");
      },
    );
    const works = [holding("before"), refusing, holding("behind"), failing("first")];
    await expect(tryJoin(works)).rejects.toThrow();
    expect(givenUp).toEqual(["before", "behind"]);
  });

  inside("gives up the others when one fails", async () => {
    const notify = new Notify();
    let cleaned = false;
    const other = fromSignal(async () => {
      try {
        await notify.notified();
      } finally {
        cleaned = true;
      }
    });
    await expect(tryJoin({ other, failing: failing("first") })).rejects.toThrow("first");
    await yieldNow();
    expect(cleaned).toBe(true);
  });
});
