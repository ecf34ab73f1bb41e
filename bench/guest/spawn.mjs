/** Spawn and join of guests' tasks. */
import { atMost, guest, part } from "../harness/guest.mjs";
import { peer } from "../harness/peer.mjs";

const options = ({ n, batch }) => ["--n", n, "--batch", batch];

export default {
  about: "one task spawned by another and joined for its value (Go: without a value), two workers",
  cases: [
    {
      params: { n: 1_000_000, batch: 10_000 },
      quick: { n: 100_000 },
      bars: [atMost(0.6), atMost(undefined, "go"), { ...atMost(undefined), subject: "go" }],
    },
  ],
  subjects: {
    tokiwa: guest(
      "spawn",
      ({ n, batch }, share) => [part(n, share), batch],
      ({ n }) => n,
    ),
    tokio: peer("tokio", "spawn_join", options),
    go: peer("go", "spawn_join", (params) => [...options(params), "--procs", 2]),
  },
};
