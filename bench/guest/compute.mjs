/** What asyncify costs code that computes: the same program with it and without. */
import { atMost, guest, part } from "../harness/guest.mjs";

const onProgram = (program) =>
  guest(
    program,
    ({ n }, share) => [part(n, share)],
    ({ n }) => n,
    1,
  );

export default {
  about: "one round of recursion, a sieve, and strings in a map; none of it waits",
  cases: [{ params: { n: 1_000 }, quick: { n: 100 }, bars: [atMost(1.05, "without-asyncify")] }],
  subjects: {
    tokiwa: onProgram("compute"),
    "without-asyncify": onProgram("compute-plain"),
  },
};
