/** One request and its reply: on one thread, and with the one who replies on another. */
import { closedLoop } from "../harness/closed-loop.mjs";
import { expect, timed } from "../harness/measure.mjs";
import { rawMessages } from "../peers/js/pools.mjs";

const local = {
  async run({ replies }) {
    const { oneshot, Runtime } = await import("tokiwa");
    const runtime = await Runtime.create({ flavor: "currentThread" });
    return runtime.run(() =>
      timed(replies, async (n) => {
        for (let i = 0; i < n; i++) {
          const { sender, receiver } = oneshot.channel();
          queueMicrotask(() => sender.send(i));
          expect(await receiver.recv(), i, "the channel");
        }
      }),
    );
  },
};

/** What one would write without a library. */
const barePromise = {
  run: ({ replies }) =>
    timed(replies, async (n) => {
      for (let i = 0; i < n; i++) {
        let send;
        const reply = new Promise((resolve) => {
          send = resolve;
        });
        queueMicrotask(() => send(i));
        expect(await reply, i, "the promise");
      }
    }),
};

const worker = {
  async run(params) {
    const { codec, oneshot, Runtime, spawn } = await import("tokiwa");
    const { increment } = await import("./channel-tasks.mjs");
    const runtime = await Runtime.create({ workerThreads: 1 });
    const call = (x) => {
      const { sender, receiver } = oneshot.channel(codec.u32);
      spawn(increment, sender, x).detach();
      return receiver.recv();
    };
    return runtime.run(() => closedLoop(call, params));
  },
};

const messagePort = { run: (params) => closedLoop(rawMessages(1), params) };

export default {
  about: "one request and its reply; percentiles per request",
  cases: [
    {
      params: { replies: 1_000_000 },
      quick: { replies: 20_000 },
      subjects: ["local", "promise"],
      bars: [{ subject: "local", against: "promise", metric: "ns_per_op", atMost: 2.5 }],
    },
    {
      params: { inFlight: 100, seconds: 2 },
      quick: { seconds: 0.2 },
      subjects: ["worker", "MessagePort"],
      bars: [{ subject: "worker", against: "MessagePort", metric: "ops_per_s", atLeast: 2 }],
    },
  ],
  subjects: { local, promise: barePromise, worker, MessagePort: messagePort },
};
