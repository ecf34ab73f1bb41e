/** Spawn and join of closures that do nothing, on one thread. */

import { expect, timed } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

/** Runs `body(n, batch)` on a current-thread runtime. */
const onTokiwa = (body) => ({
  async run({ n, batch }) {
    const tokiwa = await import("tokiwa");
    const runtime = await tokiwa.Runtime.create({ flavor: "currentThread" });
    return runtime.run(() => timed(n, (count) => body(tokiwa, count, batch)));
  },
});

/**
 * A task that does nothing. Not a closure, but what a function returns, as in the other languages:
 * V8 11 takes 1.2 µs for the first step of a generator whose function has just been made.
 */
// biome-ignore lint/correctness/useYield: the task does nothing on purpose
function* returning(value) {
  return value;
}

const generators = onTokiwa(({ spawn }, n, batch) =>
  spawn(function* () {
    let sum = 0;
    if (batch === 1) {
      for (let i = 0; i < n; i++) {
        sum += yield* spawn(returning(i));
      }
    } else {
      const handles = new Array(batch);
      for (let done = 0; done < n; done += batch) {
        for (let i = 0; i < batch; i++) {
          handles[i] = spawn(returning(done + i));
        }
        for (const handle of handles) sum += yield* handle;
      }
    }
    expect(sum, (n * (n - 1)) / 2, "the joined results");
  }),
);

const asyncFunctions = onTokiwa(async ({ spawn }, n, batch) => {
  const joined = await joinAll((body) => spawn(body), n, batch);
  expect(joined, (n * (n - 1)) / 2, "the joined results");
});

/** The bare language: call an async function, await what it returns. */
const bare = {
  run: ({ n, batch }) => timed(n, (count) => joinAll((body) => body(), count, batch)),
};

async function joinAll(start, n, batch) {
  let sum = 0;
  if (batch === 1) {
    for (let i = 0; i < n; i++) sum += await start(async () => i);
    return sum;
  }
  const handles = new Array(batch);
  for (let done = 0; done < n; done += batch) {
    for (let i = 0; i < batch; i++) handles[i] = start(async () => done + i);
    for (const handle of handles) sum += await handle;
  }
  return sum;
}

const effect = {
  needs: ["npm"],
  async run({ n, batch }) {
    const { forkAndJoin } = await import("../peers/js/effect.mjs");
    return timed(n, async (count) => {
      expect(await forkAndJoin(count, batch), (count * (count - 1)) / 2, "the joined results");
    });
  },
};

const options = ({ n, batch }) => ["--n", n, "--batch", batch];
const speed = (subject, against, atLeast, note) => ({
  subject,
  against,
  metric: "ops_per_s",
  atLeast,
  note,
});
const time = (subject, against, atMost) => ({ subject, against, metric: "ns_per_op", atMost });

export default {
  about: "spawn one task and join it",
  cases: [
    {
      params: { n: 500_000, batch: 1 },
      quick: { n: 20_000 },
      bars: [
        speed("tokiwa-generators", "effect", 2),
        speed("tokiwa-async", "effect", 2),
        { ...time("tokiwa-generators", "bare-async"), note: "the distance" },
        { ...time("tokiwa-async", "bare-async"), note: "the distance" },
      ],
    },
    {
      params: { n: 1_000_000, batch: 10_000 },
      quick: { n: 100_000 },
      bars: [
        speed("tokiwa-generators", "effect", 1.5),
        time("tokiwa-generators", "tokio-ct", 1.5),
        time("tokiwa-generators", "tokio-mt", 1.5),
        speed("tokiwa-async", "effect", 0.8),
        time("tokiwa-async", "bare-async"),
      ],
    },
  ],
  subjects: {
    "tokiwa-generators": generators,
    "tokiwa-async": asyncFunctions,
    effect,
    "bare-async": bare,
    "tokio-ct": peer("tokio", "spawn_join", (p) => [...options(p), "--rt", "ct"]),
    "tokio-mt": peer("tokio", "spawn_join", (p) => [...options(p), "--workers", 2]),
    go: peer("go", "spawn_join_value", (p) => [...options(p), "--procs", 1]),
  },
};
