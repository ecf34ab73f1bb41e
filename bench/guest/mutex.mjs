/** A lock that guests' tasks hold while others run. */
import { atLeast, guest, part } from "../harness/guest.mjs";
import { peer } from "../harness/peer.mjs";

export default {
  about: "one lock of a mutex, held across a yield, and unlock",
  cases: [{ params: { tasks: 8, n: 1_000_000 }, quick: { n: 50_000 }, bars: [atLeast(1)] }],
  subjects: {
    tokiwa: guest(
      "mutex",
      ({ tasks, n }, share) => [tasks, part(n, share)],
      ({ n }) => n,
    ),
    tokio: peer("tokio", "mutex", ({ tasks, n }) => ["--tasks", tasks, "--n", n, "--hold", 1]),
  },
};
