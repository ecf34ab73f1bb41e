/** Work that one task of a guest spawns: does a second worker help? */
import { guest, part } from "../harness/guest.mjs";
import { peer } from "../harness/peer.mjs";

const onWorkers = (workers) =>
  guest(
    "imbalance",
    ({ tasks, iterations }, share) => [part(tasks, share), iterations],
    ({ tasks }) => tasks,
    workers,
  );

const options = ({ tasks, iterations }) => ["--tasks", tasks, "--iterations", iterations];

export default {
  about: "one of the tasks that compute for about 10 µs each, all spawned by one task",
  cases: [
    {
      params: { tasks: 100_000, iterations: 7_000 },
      quick: { tasks: 2_000 },
      bars: [
        { subject: "tokiwa", against: "tokiwa-1", metric: "ops_per_s", atLeast: 1.85 },
        { subject: "tokiwa", against: "tokio", metric: "ns_per_op" },
      ],
    },
  ],
  subjects: {
    tokiwa: onWorkers(2),
    "tokiwa-1": onWorkers(1),
    tokio: peer("tokio", "imbalance", options),
  },
};
