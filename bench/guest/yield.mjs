/** Guests' tasks that do nothing but let the others run. */
import { atMost, guest, part } from "../harness/guest.mjs";
import { peer } from "../harness/peer.mjs";

export default {
  about: "one yield of one of the tasks, on two workers",
  cases: [{ params: { tasks: 1_000, yields: 1_000 }, quick: { yields: 50 }, bars: [atMost(1.3)] }],
  subjects: {
    tokiwa: guest(
      "yield",
      ({ tasks, yields }, share) => [tasks, part(yields, share)],
      ({ tasks, yields }) => tasks * yields,
    ),
    tokio: peer("tokio", "yield", ({ tasks, yields }) => ["--tasks", tasks, "--yields", yields]),
  },
};
