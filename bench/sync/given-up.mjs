/** What stays in memory of waits that are given up at any point: nothing. */
import { collectGarbage, now, record, seededRandom } from "../harness/measure.mjs";
import { giveUp, waits } from "./waits.mjs";

const SEED = 4;
/** The engine's own tables may grow by as much, however many waits there are. */
const KEPT_BYTES = 1_000_000;

/** For longer than the runtime keeps new ends of channels in mind, and finalisers need. */
const REST_MS = 200;

/** All that is in use in the core: handles, waits, what they are of, and blocks. */
function slotsOf({ slots, pendingWaits }) {
  return slots.handles + slots.primitives + slots.blocks + pendingWaits;
}

/** Bytes of both heaps, and slots of the core in use, once nobody waits any more. */
async function memoryAtRest({ metrics }) {
  while (metrics.aliveTasks > 0 || metrics.pendingWaits > 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  collectGarbage();
  return {
    heap: process.memoryUsage().heapUsed,
    shared: metrics.memoryBytes,
    slots: slotsOf(metrics),
  };
}

const subjectOf = (begin) => ({
  async run({ n }) {
    const tokiwa = await import("tokiwa");
    const runtime = await tokiwa.Runtime.create({ flavor: "currentThread" });
    const random = seededRandom(SEED);
    await runtime.run(() => giveUp(tokiwa, begin, n / 10, random));
    const before = await memoryAtRest(runtime);
    const start = now();
    await runtime.run(() => giveUp(tokiwa, begin, n, random));
    const ms = now() - start;
    const after = await memoryAtRest(runtime);
    const [heap, shared] = [after.heap - before.heap, after.shared - before.shared];
    const slots = after.slots - before.slots;
    const extra = { heap, shared, "slots still in use": slots };
    return record({ n, ms, rssBytes: Math.max(0, heap) + shared, extra });
  },
});

const entries = Object.entries(waits);

export default {
  about: "begin a wait in a task, and give it up at any point; memory is what stays of all of them",
  cases: [
    {
      params: { n: 1_000_000 },
      quick: { n: 2_000 },
      bars: entries.flatMap(([subject]) => [
        { subject, metric: "rss_bytes", atMost: KEPT_BYTES },
        { subject, metric: "extra.slots still in use", atMost: 0 },
      ]),
    },
  ],
  subjects: Object.fromEntries(entries.map(([name, begin]) => [name, subjectOf(begin)])),
};
