/** What one pending sleep costs in memory, everything counted. */
import { readFileSync } from "node:fs";
import { collectGarbage, now, record } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

const FAR_MS = 60_000;
const WARM = 2_000;
/** V8 reserves ten gigabytes of address space around a Wasm memory: that is how we know it. */
const RESERVED_BYTES = 2 ** 32;

/**
 * Heap after collection, what hangs on it outside (array buffers and the like), and the pages of
 * every Wasm memory that are in use, shared or not. Resident size as a whole is reported beside
 * it, but holds the heap's empty space too.
 */
function bytesInUse() {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  const wasm = wasmResidentBytes();
  return { heap: heapUsed, external, wasm, counted: heapUsed + external + wasm, rss };
}

/** Resident bytes of accessible mappings that a huge inaccessible one follows. */
function wasmResidentBytes() {
  let bytes = 0;
  let candidates = [];
  let previousEnd;
  const mappings = readFileSync("/proc/self/smaps", "utf8").split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/);
  for (const mapping of mappings) {
    const [, from, to, rights] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(mapping);
    const [start, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
    if (start !== previousEnd) candidates = [];
    previousEnd = end;
    if (rights.startsWith("rw")) {
      candidates.push(Number(/^Rss:\s+(\d+)/m.exec(mapping)[1]) * 1024);
    } else {
      if (end - start >= RESERVED_BYTES / 2) {
        for (const resident of candidates) bytes += resident;
      }
      candidates = [];
    }
  }
  return bytes;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** `start(n)` leaves n sleepers pending and returns whatever keeps them; `stop` ends those. */
async function measured(n, start, stop, settle = turn) {
  const warm = await start(WARM);
  await settle();
  await stop(warm);
  for (let i = 0; i < 20; i++) await settle();
  const before = bytesInUse();
  const from = now();
  globalThis.held = await start(n);
  const ms = now() - from;
  for (let i = 0; i < 5; i++) await settle();
  const after = bytesInUse();
  const each = (part) => Math.round((after[part] - before[part]) / n);
  return record({
    n,
    ms,
    rssBytes: each("counted"),
    extra: {
      heap: each("heap"),
      external: each("external"),
      wasm: each("wasm"),
      resident: each("rss"),
    },
  });
}

const onTokiwa = (start) => ({
  async run({ n }) {
    const tokiwa = await import("tokiwa");
    const { Runtime, sleep } = tokiwa;
    const runtime = await Runtime.create({ flavor: "currentThread" });
    const stop = async (handles) => {
      for (const handle of handles) handle.abort();
      for (const handle of handles) await handle.catch(() => {});
    };
    const many = (count) =>
      Array.from({ length: count }, (_, i) => start(tokiwa, FAR_MS + (i % 5000)));
    return runtime.run(() => measured(n, many, stop, () => sleep(20)));
  },
});

/** One function for all tasks: a function made for each would be most of what is counted. */
function* sleeper(sleep, ms) {
  yield* sleep(ms);
}

const generators = onTokiwa(({ spawn, sleep }, ms) => spawn(sleeper(sleep, ms)));

const asyncFunctions = onTokiwa(({ spawn, sleep }, ms) => spawn(async () => sleep(ms)));

const asyncTimeouts = {
  run: ({ n }) =>
    measured(
      n,
      (count) => {
        const ends = [];
        const done = Array.from({ length: count }, async (_, i) => {
          await new Promise((resolve) => {
            ends.push([setTimeout(resolve, FAR_MS + (i % 5000)), resolve]);
          });
        });
        return { ends, done };
      },
      async ({ ends, done }) => {
        for (const [timer, resolve] of ends) {
          clearTimeout(timer);
          resolve();
        }
        await Promise.all(done);
      },
    ),
};

const timeouts = {
  run: ({ n }) =>
    measured(
      n,
      (count) => Array.from({ length: count }, (_, i) => setTimeout(() => {}, FAR_MS + (i % 5000))),
      (timers) => {
        for (const timer of timers) clearTimeout(timer);
      },
    ),
};

const effect = {
  needs: ["npm"],
  async run({ n }) {
    const { sleepers, interrupt } = await import("../peers/js/effect.mjs");
    const delays = (count) => Array.from({ length: count }, (_, i) => FAR_MS + (i % 5000));
    return measured(n, (count) => sleepers(delays(count)), interrupt);
  },
};

export default {
  about: "one task asleep; memory is bytes per sleeper: heap, external and Wasm pages",
  cases: [
    {
      params: { n: 100_000 },
      quick: { n: 20_000 },
      bars: [
        { subject: "tokiwa-generators", metric: "rss_bytes", atMost: 500 },
        { subject: "tokiwa-generators", against: "async-setTimeout", metric: "rss_bytes" },
        { subject: "tokiwa-async", against: "async-setTimeout", metric: "rss_bytes" },
      ],
    },
  ],
  subjects: {
    "tokiwa-generators": generators,
    "tokiwa-async": asyncFunctions,
    "async-setTimeout": asyncTimeouts,
    setTimeout: timeouts,
    effect,
    "tokio-ct": peer("tokio", "sleepers", ({ n }) => ["--n", n, "--rt", "ct"]),
    go: peer("go", "sleepers", ({ n }) => ["--n", n, "--procs", 1]),
  },
};
