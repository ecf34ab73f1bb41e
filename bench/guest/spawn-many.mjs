/** Guests' tasks that nobody joins, spawned by a task or from a thread outside of the workers. */

import { atMost, elapsedMs, guest, onRuntime, part, warmUp } from "../harness/guest.mjs";
import { expect, record } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

/**
 * The main thread spawns by the batch, and waits until all of one have ended. It does so in a
 * generator task, as its waits cost least. Tokio's peer has its tasks count down instead, and drops
 * their handles: ours are joined.
 */
const remote = onRuntime("spawn-many", 2, async (spawn, { nothing }, { n, batch }) => {
  function* body(count) {
    for (let done = 0; done < count; done += batch) {
      const handles = Array.from({ length: batch }, (_, at) => spawn(nothing, at));
      let last;
      for (const handle of handles) last = yield* handle;
      expect(last, batch - 1, "the last task");
    }
  }
  await warmUp(() => spawn(body(part(n, 0.1))));
  return record({ n, ms: await elapsedMs(() => spawn(body(n))) });
});

export default {
  about: "one task spawned that counts down as it ends (`batch`: from outside of the workers)",
  cases: [
    {
      params: { n: 100_000 },
      quick: { n: 20_000 },
      subjects: ["tokiwa", "tokio"],
      bars: [atMost(1)],
    },
    {
      params: { n: 200_000, batch: 10_000 },
      quick: { n: 20_000 },
      subjects: ["tokiwa-remote", "tokio-remote"],
      bars: [{ ...atMost(1, "tokio-remote"), subject: "tokiwa-remote" }],
    },
  ],
  subjects: {
    tokiwa: guest(
      "spawn-many",
      ({ n }, share) => [part(n, share)],
      ({ n }) => n,
    ),
    // Tasks without work: what is left of `imbalance` is that one task spawns them all.
    tokio: peer("tokio", "imbalance", ({ n }) => ["--tasks", n, "--iterations", 0]),
    "tokiwa-remote": remote,
    "tokio-remote": peer("tokio", "spawn_remote", ({ n, batch }) => ["--n", n, "--batch", batch]),
  },
};
