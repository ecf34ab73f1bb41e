/** The starts that a page can measure as well. */
import { Runtime } from "tokiwa";
import { starts } from "./start-rounds.mjs";
import { untilStolen } from "./start-tasks.mjs";

export const tokiwa = ({ rounds }) =>
  starts(rounds, async () => {
    const runtime = await Runtime.create({ workerThreads: 2 });
    const [own, thief] = await runtime.spawn(untilStolen);
    if (own === thief) throw new Error(`Cannot measure start: worker ${own} ran all by itself`);
    return () => runtime.shutdown();
  });

/** Plain web workers: each says that it is there. */
const plain =
  (count) =>
  ({ rounds }) =>
    starts(rounds, async () => {
      const file = new URL("../peers/js/start-web-worker.mjs", import.meta.url);
      const workers = Array.from({ length: count }, () => new Worker(file, { type: "module" }));
      const isThere = (worker) => new Promise((done) => worker.addEventListener("message", done));
      await Promise.all(workers.map(isThere));
      return () => {
        for (const worker of workers) worker.terminate();
      };
    });

export const webWorker = plain(1);
export const twoWebWorkers = plain(2);
