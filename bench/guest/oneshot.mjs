/** Channels for one message, in one task of a guest. */
import { atLeast, guest, part } from "../harness/guest.mjs";
import { peer } from "../harness/peer.mjs";

export default {
  about: "one channel made, used by the task itself, and given up",
  cases: [{ params: { n: 1_000_000 }, quick: { n: 50_000 }, bars: [atLeast(1)] }],
  subjects: {
    tokiwa: guest(
      "oneshot",
      ({ n }, share) => [part(n, share)],
      ({ n }) => n,
    ),
    tokio: peer("tokio", "oneshot", ({ n }) => ["--n", n]),
  },
};
