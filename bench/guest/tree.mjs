/** A fork-join tree of guests' tasks. */
import { atMost, guest } from "../harness/guest.mjs";
import { peer } from "../harness/peer.mjs";

export default {
  about: "one node of a binary tree, leaves included: a task that is joined by its parent",
  cases: [{ params: { depth: 20 }, quick: { depth: 14 }, bars: [atMost(1)] }],
  subjects: {
    tokiwa: guest(
      "tree",
      ({ depth }, share) => [share < 1 ? depth - 4 : depth],
      ({ depth }) => 2 ** (depth + 1) - 1,
    ),
    tokio: peer("tokio", "tree", ({ depth }) => ["--depth", depth]),
  },
};
