/** Numbers through a channel from guests' tasks to one. */
import { atLeast, guest, part } from "../harness/guest.mjs";
import { peer } from "../harness/peer.mjs";

const room = { capacity: 1_000 };
const bars = [atLeast(1)];

export default {
  about: "one number sent through a bounded channel and received",
  cases: [
    { params: { producers: 1, each: 5_000_000, ...room }, quick: { each: 100_000 }, bars },
    { params: { producers: 5, each: 1_000_000, ...room }, quick: { each: 20_000 }, bars },
  ],
  subjects: {
    tokiwa: guest(
      "mpsc",
      ({ producers, each, capacity }, share) => [producers, part(each, share), capacity],
      ({ producers, each }) => producers * each,
    ),
    tokio: peer("tokio", "mpsc", ({ producers, each, capacity }) => [
      ...["--producers", producers],
      ...["--each", each],
      ...["--capacity", capacity],
    ]),
  },
};
