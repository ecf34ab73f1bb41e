// Effect 4 on our workloads, each in the way its documentation would write it.
import { Effect, Fiber, Scheduler } from "effect";

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
