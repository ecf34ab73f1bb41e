/**
 * Locking a mutex: nobody else wants it; ten tasks of one thread want it, of which each holds it
 * across a promise that is settled; two workers want it.
 */
import { expect, timed } from "../harness/measure.mjs";

const WORKERS = 2;
const settled = Promise.resolve();

/** `one(tokiwa, mutex, times)` in so many tasks of one thread, n times in all. */
const local = (one) => ({
  async run({ n, tasks }) {
    const tokiwa = await import("tokiwa");
    const runtime = await tokiwa.Runtime.create({ flavor: "currentThread" });
    const count = async (times) => {
      const mutex = new tokiwa.Mutex(0);
      const counting = Array.from({ length: tasks }, () => one(tokiwa, mutex, times / tasks));
      await Promise.all(counting);
      expect(mutex.intoInner(), times, "the mutex");
    };
    return runtime.run(() => timed(n, count));
  },
});

const generators = local(({ spawn }, mutex, times) =>
  spawn(function* () {
    for (let i = 0; i < times; i++) {
      const guard = yield* mutex.lock();
      guard.value += 1;
      guard[Symbol.dispose]();
    }
  }),
);

const asyncFunctions = local(({ spawn }, mutex, times) =>
  spawn(async () => {
    for (let i = 0; i < times; i++) {
      const guard = await mutex.lock();
      guard.value += 1;
      guard[Symbol.dispose]();
    }
  }),
);

const heldByGenerators = local(({ fromPromise, spawn }, mutex, times) =>
  spawn(function* () {
    for (let i = 0; i < times; i++) {
      const guard = yield* mutex.lock();
      yield* fromPromise(settled);
      guard.value += 1;
      guard[Symbol.dispose]();
    }
  }),
);

const heldByAsync = local(({ spawn }, mutex, times) =>
  spawn(async () => {
    for (let i = 0; i < times; i++) {
      const guard = await mutex.lock();
      await settled;
      guard.value += 1;
      guard[Symbol.dispose]();
    }
  }),
);

const workers = {
  async run({ n }) {
    const { codec, Mutex, Runtime, Semaphore, spawn } = await import("tokiwa");
    const { raise } = await import("./mutex-tasks.mjs");
    const runtime = await Runtime.create({ workerThreads: WORKERS });
    const count = async (times) => {
      const mutex = new Mutex(0, codec.f64);
      const [there, go] = [new Semaphore(0), new Semaphore(0)];
      const raising = [];
      for (let worker = 0; worker < WORKERS; worker++) {
        raising.push(spawn(raise, mutex, times / WORKERS, there, go));
        await there.acquire().then((permit) => permit.forget());
      }
      go.addPermits(1);
      await Promise.all(raising);
      expect(await mutex.withLock((value) => value), times, "the mutex");
    };
    return runtime.run(() => timed(n, count));
  },
};

const effect = {
  needs: ["npm"],
  async run({ n, tasks }) {
    const { lockMany } = await import("../peers/js/effect.mjs");
    return timed(n, async (times) => expect(await lockMany(times, tasks), times, "the fibers"));
  },
};

const limiter = {
  needs: ["npm"],
  async run({ n, tasks }) {
    const { lockMany } = await import("../peers/js/p-limit.mjs");
    return timed(n, async (times) => expect(await lockMany(times, tasks), times, "the limiter"));
  },
};

const multithreading = {
  needs: ["npm"],
  async run({ n }) {
    const { lockOnWorkers } = await import("../peers/js/multithreading.mjs");
    const count = lockOnWorkers(WORKERS);
    return timed(n, async (times) => expect(await count(times), times, "the mutex"));
  },
};

const speed = (subject, against, atLeast) => ({ subject, against, metric: "ops_per_s", atLeast });

export default {
  about: "lock and unlock: free, wanted by ten tasks, wanted by two workers",
  cases: [
    {
      params: { n: 2_000_000, tasks: 1 },
      quick: { n: 100_000 },
      subjects: ["generators", "async", "effect"],
      bars: [speed("generators", "effect", 1.5), speed("async", "effect")],
    },
    {
      params: { n: 300_000, tasks: 10 },
      quick: { n: 20_000 },
      subjects: ["held-by-generators", "held-by-async", "p-limit", "effect"],
      bars: [
        speed("held-by-async", "p-limit", 1),
        speed("held-by-async", "effect", 8),
        speed("held-by-generators", "p-limit", 1),
        speed("held-by-generators", "effect", 8),
      ],
    },
    {
      params: { n: 400_000, workers: WORKERS },
      quick: { n: 20_000 },
      subjects: ["workers", "multithreading"],
      bars: [speed("workers", "multithreading", 1.5)],
    },
  ],
  subjects: {
    generators,
    async: asyncFunctions,
    "held-by-generators": heldByGenerators,
    "held-by-async": heldByAsync,
    effect,
    "p-limit": limiter,
    workers,
    multithreading,
  },
};
