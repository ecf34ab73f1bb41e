/** A chain of guests' tasks, each of which spawns the next one. */
import { atMost, guest, part } from "../harness/guest.mjs";
import { peer } from "../harness/peer.mjs";

export default {
  about: "one link of the chain: a task that gets a number and a sender, and passes them on",
  cases: [{ params: { depth: 1_000, rounds: 1_000 }, quick: { rounds: 50 }, bars: [atMost(1)] }],
  subjects: {
    tokiwa: guest(
      "chained-spawn",
      ({ depth, rounds }, share) => [depth, part(rounds, share)],
      ({ depth, rounds }) => depth * rounds,
    ),
    tokio: peer("tokio", "chained_spawn", ({ depth, rounds }) => [
      ...["--depth", depth],
      ...["--rounds", rounds],
    ]),
  },
};
