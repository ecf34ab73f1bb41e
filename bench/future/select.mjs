/** Waiting for a message or a timer, whichever comes first: it is always the message. */
import { collectGarbage, now, record } from "../harness/measure.mjs";

/** No timer gets as far. */
const LATE_MS = 60_000;

/** Runs `body(n)` after a tenth of it as warm-up; how much of it stays in the heap is told, too. */
async function measured(n, body) {
  await body(n / 10);
  const before = heapAfterCollection();
  const start = now();
  await body(n);
  const ms = now() - start;
  const kept = heapAfterCollection() - before;
  return record({ n, ms, extra: { heap_kept_bytes: kept } });
}

function heapAfterCollection() {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const onTokiwa = (body) => ({
  async run({ n }) {
    const tokiwa = await import("tokiwa");
    const runtime = await tokiwa.Runtime.create({ flavor: "currentThread" });
    return runtime.run(() => {
      const channel = tokiwa.mpsc.unboundedChannel();
      return measured(n, (count) => body(tokiwa, channel, count));
    });
  },
});

function check(message, expected) {
  if (message !== expected) throw new Error(`got ${message} in the place of ${expected}`);
}

const generator = onTokiwa(({ select, sleep, spawn }, { sender, receiver }, n) =>
  spawn(function* () {
    for (let i = 0; i < n; i++) {
      sender.send(i);
      const won = yield* select({ message: receiver.recv(), late: sleep(LATE_MS) });
      check(won.value, i);
    }
  }),
);

const asyncFunction = onTokiwa(async ({ select, sleep }, { sender, receiver }, n) => {
  for (let i = 0; i < n; i++) {
    sender.send(i);
    const won = await select({ message: receiver.recv(), late: sleep(LATE_MS) });
    check(won.value, i);
  }
});

/** The least that can be called a channel: what is sent, or who waits for it. */
class PromiseQueue {
  #messages = [];
  #receivers = [];

  send(message) {
    const receiver = this.#receivers.shift();
    if (receiver === undefined) this.#messages.push(message);
    else receiver(message);
  }

  recv() {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift());
    return new Promise((resolve) => this.#receivers.push(resolve));
  }
}

const race = {
  run: ({ n }) => {
    const queue = new PromiseQueue();
    return measured(n, async (count) => {
      for (let i = 0; i < count; i++) {
        queue.send(i);
        let timer;
        const late = new Promise((resolve) => {
          timer = setTimeout(resolve, LATE_MS);
        });
        check(await Promise.race([queue.recv(), late]), i);
        clearTimeout(timer);
      }
    });
  },
};

const speed = (subject, atLeast) => ({ subject, against: "race", metric: "ops_per_s", atLeast });

export default {
  about: "send a message, and wait for it or a timer; the timer is stopped",
  cases: [
    {
      params: { n: 1_000_000 },
      quick: { n: 50_000 },
      bars: [speed("tokiwa-generators", 3), speed("tokiwa-async")],
    },
  ],
  subjects: { "tokiwa-generators": generator, "tokiwa-async": asyncFunction, race },
};
