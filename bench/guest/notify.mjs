/** Two tasks of a guest that notify each other. */
import { atLeast, guest, part } from "../harness/guest.mjs";
import { peer } from "../harness/peer.mjs";

export default {
  about: "one round trip of a notification; the scheduler decides where the two run",
  cases: [{ params: { n: 500_000 }, quick: { n: 20_000 }, bars: [atLeast(1)] }],
  subjects: {
    tokiwa: guest(
      "notify",
      ({ n }, share) => [part(n, share)],
      ({ n }) => n,
    ),
    tokio: peer("tokio", "notify", ({ n }) => ["--n", n]),
  },
};
