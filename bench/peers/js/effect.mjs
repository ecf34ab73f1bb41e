// Effect 4 on our workloads, each in the way its documentation would write it.
import { Effect, Fiber, PubSub, Queue, Scheduler, Semaphore } from "effect";

/** Forks n fibers and joins each, in batches; gives the sum of 0 … n-1. */
export function forkAndJoin(n, batch) {
  return Effect.runPromise(
    Effect.gen(function* () {
      let sum = 0;
      const fibers = new Array(batch);
      for (let done = 0; done < n; done += batch) {
        for (let i = 0; i < batch; i++) {
          fibers[i] = yield* Effect.forkChild(Effect.succeed(done + i));
        }
        for (const fiber of fibers) sum += yield* Fiber.join(fiber);
      }
      return sum;
    }),
  );
}

export function yieldMany({ tasks, yields }) {
  const one = Effect.gen(function* () {
    for (let i = 0; i < yields; i++) yield* Effect.yieldNow;
  });
  const all = Effect.forEach(Array.from({ length: tasks }), () => one, {
    concurrency: "unbounded",
    discard: true,
  });
  return Effect.runPromise(all);
}

/** Passes 0 … n-1 from one fiber to another; gives their sum. */
export function passMessages(n, capacity) {
  return Effect.runPromise(
    Effect.gen(function* () {
      const queue = yield* Queue.bounded(capacity);
      yield* Effect.forkChild(
        Effect.gen(function* () {
          for (let i = 0; i < n; i++) yield* Queue.offer(queue, i);
        }),
      );
      let sum = 0;
      for (let i = 0; i < n; i++) sum += yield* Queue.take(queue);
      return sum;
    }),
  );
}

/** One fiber for each delay, asleep when this returns. */
export function sleepers(delays) {
  return Effect.runSync(
    Effect.gen(function* () {
      const fibers = new Array(delays.length);
      for (let i = 0; i < delays.length; i++) {
        fibers[i] = yield* Effect.forkDetach(Effect.sleep(delays[i]), { startImmediately: true });
      }
      return fibers;
    }).pipe(Effect.provideService(Scheduler.PreventSchedulerYield, true)),
  );
}

export const interrupt = (fibers) => Effect.runPromise(Fiber.interruptAll(fibers));

/** Calls arm(i) → due and then, when the delay has passed, fired(i, due). */
export function fire(delays, arm, fired) {
  const one = (ms, i) =>
    Effect.suspend(() => {
      const due = arm(i);
      return Effect.map(Effect.sleep(ms), () => fired(i, due));
    });
  return Effect.runPromise(
    Effect.forEach(delays, one, { concurrency: "unbounded", discard: true }),
  );
}

/** The numbers up to n, from one fiber to so many others, which may be late; what each has got. */
export function tellAll(n, receivers) {
  return toAll(PubSub.bounded(1024), n, receivers, () => Effect.void);
}

/** The same, each number seen by all before the next one is told. */
export function tellLatest(n, receivers) {
  const settled = (counts, told) =>
    Effect.gen(function* () {
      while (counts.seen < told * receivers) yield* Effect.yieldNow;
    });
  return toAll(PubSub.sliding(1), n, receivers, settled);
}

function toAll(make, n, receivers, settled) {
  const counts = { seen: 0 };
  const hear = (subscription) =>
    Effect.gen(function* () {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        sum += yield* PubSub.take(subscription);
        counts.seen += 1;
      }
      return sum;
    });
  return Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const hub = yield* make;
        const fibers = [];
        for (let at = 0; at < receivers; at++) {
          fibers.push(yield* Effect.forkChild(hear(yield* PubSub.subscribe(hub))));
        }
        for (let i = 0; i < n; i++) {
          yield* PubSub.publish(hub, i);
          yield* settled(counts, i + 1);
        }
        const sums = [];
        for (const fiber of fibers) sums.push(yield* Fiber.join(fiber));
        return sums;
      }),
    ),
  );
}

/** So many fibers lock and unlock, n times in all; held across a promise if they are many. */
export function lockMany(n, fibers) {
  const semaphore = Semaphore.makeUnsafe(1);
  const settled = Promise.resolve();
  let count = 0;
  const step = Effect.sync(() => {
    count += 1;
  });
  const hold = fibers === 1 ? step : Effect.andThen(Effect.promise(() => settled), step);
  const one = Effect.gen(function* () {
    for (let i = 0; i < n / fibers; i++) yield* semaphore.withPermit(hold);
  });
  const all = Effect.forEach(Array.from({ length: fibers }), () => one, {
    concurrency: "unbounded",
    discard: true,
  });
  return Effect.runPromise(all).then(() => count);
}
