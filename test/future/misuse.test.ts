/** Futures that are given up by what they wait for, or are polled once more after their end. */
import {
  Barrier,
  co,
  consumeBudget,
  type Future,
  fromSignal,
  hasBudgetRemaining,
  join,
  Mutex,
  PENDING,
  pending,
  pollFn,
  Runtime,
  RwLock,
  ready,
  scope,
  select,
  sleep,
  timeout,
  tryJoin,
} from "tokiwa";
import { task } from "tokiwa/test";
import { describe, expect, test } from "vitest";

const ENDED = "Cannot poll future: it has ended";

describe("a future that is given up in its own poll", () => {
  /** Gives up what it is a part of, and waits for ever. */
  const makers: Record<string, (part: Future<never>) => Future<unknown>> = {
    select: (part) => select({ part, never: pending() }),
    "a select that would have won": (part) => select({ part, won: ready(1) }, { biased: true }),
    join: (part) => join({ part, other: ready(1) }),
    tryJoin: (part) => tryJoin([part, ready(1)]),
    timeout: (part) => timeout(1e9, part),
    fromSignal: (part) => fromSignal(() => part),
    co: (part) =>
      co(function* () {
        yield* part;
      }),
    scope: (part) => scope(() => part),
    "a wait with a signal": (part) => timeout(1e9, select([part])),
  };

  test.each(Object.entries(makers))("fails: %s", async (_, make) => {
    let givenUp = 0;
    const part = pollFn<never>(
      () => {
        whole[Symbol.dispose]();
        return PENDING;
      },
      () => {
        givenUp += 1;
      },
    );
    const whole = make(part);
    await expect(Promise.resolve(whole)).rejects.toThrow(ENDED);
    expect(givenUp).toBe(1);
    await expect(Promise.resolve(whole)).rejects.toThrow(ENDED);
  });

  test("ends its generator at the next wait", async () => {
    const steps: string[] = [];
    const whole: Future<void> = co(function* () {
      try {
        whole[Symbol.dispose]();
        steps.push("goes on");
        yield* ready(1);
        steps.push("too far");
      } finally {
        steps.push("cleaned");
      }
    });
    await expect(Promise.resolve(whole)).rejects.toThrow(ENDED);
    expect(steps).toEqual(["goes on", "cleaned"]);
  });

  test("tells what it has begun", async () => {
    const steps: unknown[] = [];
    const whole: Future<void> = fromSignal(async (signal) => {
      whole[Symbol.dispose]();
      try {
        await sleep(1e9);
      } finally {
        steps.push(signal.aborted);
      }
    });
    await expect(Promise.resolve(whole)).rejects.toThrow(ENDED);
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps).toEqual([true]);
  });

  test("has no value, even of a function that has one", async () => {
    const whole: Future<number> = fromSignal(() => {
      whole[Symbol.dispose]();
      return 1;
    });
    await expect(Promise.resolve(whole)).rejects.toThrow(ENDED);
  });
});

describe("a future that has ended", () => {
  const makers: Record<string, () => Future<unknown>> = {
    select: () => select([ready(1)]),
    "select by its else": () => select({}, { else: () => 1 }),
    join: () => join([ready(1)]),
    tryJoin: () => tryJoin({ one: ready(1) }),
    scope: () => scope(() => 1),
    fromSignal: () => fromSignal(() => 1),
    "Mutex.lock": () => new Mutex(1).lock(),
    "RwLock.read": () => new RwLock(1).read(),
    co: () =>
      co(function* () {
        return yield* ready(1);
      }),
  };

  test.each(Object.entries(makers))("is not polled again: %s", async (_, make) => {
    const future = make();
    await future;
    await expect(Promise.resolve(future)).rejects.toThrow(ENDED);
    const givenUp = make();
    givenUp[Symbol.dispose]();
    await expect(Promise.resolve(givenUp)).rejects.toThrow(ENDED);
  });

  test("is not polled again once it has failed", async () => {
    const failing = () => {
      throw new Error("failed");
    };
    for (const make of [() => join([failing]), () => tryJoin([failing]), () => select([failing])]) {
      const future: Future<unknown> = make();
      await expect(Promise.resolve(future)).rejects.toThrow("failed");
      await expect(Promise.resolve(future)).rejects.toThrow(ENDED);
    }
  });
});

describe("a failure", () => {
  const failing = async () => {
    throw new Error("first");
  };
  const refusing = () =>
    pollFn(
      () => PENDING,
      () => {
        throw new Error("second");
      },
    );

  test.each([
    ["tryJoin", () => tryJoin([refusing(), failing])],
    ["select", () => select([refusing(), failing])],
  ])("stays the failure of %s, and one at giving up is reported", async (_, make) => {
    const reported: unknown[] = [];
    await using runtime = await Runtime.create({
      flavor: "currentThread",
      onUnhandledPanic: (error) => void reported.push(error.cause),
    });
    await runtime.run(() => expect(Promise.resolve(make())).rejects.toThrow("first"));
    expect(reported).toEqual([new Error("second")]);
  });
});

test("join has a value under every key", async () => {
  const joined = await join({ ["__proto__"]: ready(1), other: ready(2) });
  expect(Object.entries(joined)).toEqual([
    ["__proto__", 1],
    ["other", 2],
  ]);
  expect(Object.getPrototypeOf(joined)).toBe(Object.prototype);
});

test("callbacks that lead from one wait to the next do not fill the stack", async () => {
  const [mutex, many] = [new Mutex(1), 20_000];
  const first = mutex.tryLock();
  let served = 0;
  await new Promise<void>((resolve) => {
    for (let number = 0; number < many; number++) {
      mutex.lock().then((guard) => {
        served += 1;
        if (served === many) resolve();
        guard[Symbol.dispose]();
      });
    }
    first?.[Symbol.dispose]();
  });
  expect(served).toBe(many);
});

test("a lock that is waited for after its value was taken out is gone", async () => {
  const mutex = new Mutex(1);
  const late = mutex.lock();
  expect(mutex.intoInner()).toBe(1);
  await expect(Promise.resolve(late)).rejects.toThrow("Cannot lock: the value was taken out");
});

test("who waits at a barrier has come, whatever is left of its budget", async () => {
  const barrier = new Barrier(2);
  const greedy = pollFn((waker) => {
    while (hasBudgetRemaining()) consumeBudget().poll(waker);
    using arrival = barrier.wait();
    return arrival.poll(waker) === PENDING;
  });
  expect(task(greedy).poll()).toBe(true);
  expect(await barrier.wait()).toEqual({ isLeader: true });
});
