/** Pairs of guests' tasks that send each other one message each way. */
import { atMost, guest, part } from "../harness/guest.mjs";
import { peer } from "../harness/peer.mjs";

export default {
  about: "one pair: two tasks spawned, two oneshot channels used once",
  cases: [{ params: { pairs: 1_000, rounds: 300 }, quick: { rounds: 20 }, bars: [atMost(1)] }],
  subjects: {
    tokiwa: guest(
      "ping-pong",
      ({ pairs, rounds }, share) => [pairs, part(rounds, share)],
      ({ pairs, rounds }) => pairs * rounds,
    ),
    tokio: peer("tokio", "ping_pong", ({ pairs, rounds }) => [
      ...["--pairs", pairs],
      ...["--rounds", rounds],
    ]),
  },
};
