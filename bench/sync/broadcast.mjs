/**
 * One task tells eight others. Broadcast: each message is kept for who is late, and the sender
 * waits now and then until all have caught up. Watch: all eight see a value before the next one.
 */

import { expect, timed } from "../harness/measure.mjs";

/** So many messages are sent before the sender looks whether anybody is late. */
const BATCH = 512;

/** Runs `body(tokiwa, n, receivers)` on a current-thread runtime. */
const onTokiwa = (body) => ({
  async run({ n, receivers }) {
    const tokiwa = await import("tokiwa");
    const runtime = await tokiwa.Runtime.create({ flavor: "currentThread" });
    return runtime.run(() => timed(n, (count) => body(tokiwa, count, receivers)));
  },
});

const sumTo = (n) => (n * (n - 1)) / 2;
const expectAll = (sums, n) => {
  for (const sum of sums) expect(sum, sumTo(n), "what a receiver has got");
};

const broadcastGenerators = onTokiwa(async ({ broadcast, spawn, yieldNow }, n, receivers) => {
  const sender = new broadcast.Sender(2 * BATCH);
  const hear = function* (receiver) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += yield* receiver.recv();
    receiver[Symbol.dispose]();
    return sum;
  };
  const tasks = Array.from({ length: receivers }, () => spawn(hear(sender.subscribe())));
  await spawn(function* () {
    for (let i = 0; i < n; i++) {
      sender.send(i);
      if (i % BATCH === 0) while (sender.length > 0) yield* yieldNow();
    }
    sender[Symbol.dispose]();
  });
  expectAll(await Promise.all(tasks), n);
});

const broadcastAsync = onTokiwa(async ({ broadcast, spawn, yieldNow }, n, receivers) => {
  const sender = new broadcast.Sender(2 * BATCH);
  const hear = async (receiver) => {
    let sum = 0;
    for await (const i of receiver) sum += i;
    receiver[Symbol.dispose]();
    return sum;
  };
  const tasks = Array.from({ length: receivers }, () => {
    const receiver = sender.subscribe();
    return spawn(() => hear(receiver));
  });
  await spawn(async () => {
    for (let i = 0; i < n; i++) {
      sender.send(i);
      if (i % BATCH === 0) while (sender.length > 0) await yieldNow();
    }
    sender[Symbol.dispose]();
  });
  expectAll(await Promise.all(tasks), n);
});

const watchGenerators = onTokiwa(async ({ spawn, watch, yieldNow }, n, receivers) => {
  const sender = new watch.Sender(-1);
  let seen = 0;
  const look = function* (receiver) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      yield* receiver.changed();
      sum += receiver.borrow();
      seen += 1;
    }
    receiver[Symbol.dispose]();
    return sum;
  };
  const tasks = Array.from({ length: receivers }, () => spawn(look(sender.subscribe())));
  await spawn(function* () {
    for (let i = 0; i < n; i++) {
      sender.send(i);
      while (seen < (i + 1) * receivers) yield* yieldNow();
    }
    sender[Symbol.dispose]();
  });
  expectAll(await Promise.all(tasks), n);
});

const effect = (tell) => ({
  needs: ["npm"],
  async run({ n, receivers }) {
    const peers = await import("../peers/js/effect.mjs");
    return timed(n, async (count) => expectAll(await peers[tell](count, receivers), count));
  },
});

const speed = (subject, against, atLeast) => ({ subject, against, metric: "ops_per_s", atLeast });

export default {
  about: "tell eight receivers: one message, or one value",
  cases: [
    {
      params: { n: 50_000, receivers: 8, kind: "broadcast" },
      quick: { n: 5_000 },
      subjects: ["broadcast-generators", "broadcast-async", "effect-bounded"],
      bars: [
        speed("broadcast-generators", "effect-bounded", 2),
        speed("broadcast-async", "effect-bounded", 2),
      ],
    },
    {
      params: { n: 50_000, receivers: 8, kind: "watch" },
      quick: { n: 2_000 },
      subjects: ["watch-generators", "effect-sliding"],
      bars: [speed("watch-generators", "effect-sliding", 2)],
    },
  ],
  subjects: {
    "broadcast-generators": broadcastGenerators,
    "broadcast-async": broadcastAsync,
    "watch-generators": watchGenerators,
    "effect-bounded": effect("tellAll"),
    "effect-sliding": effect("tellLatest"),
  },
};
