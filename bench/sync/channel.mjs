/** Messages through a channel with room for 1,024: on one thread, and from one to another. */
import { expect, timed } from "../harness/measure.mjs";
import { fillWords } from "../peers/js/pattern.mjs";
import { portTo } from "../peers/js/port.mjs";

const CAPACITY = 1024;
const sumTo = (n) => (n * (n - 1)) / 2;

const local = (pass) => ({
  async run({ messages }) {
    const tokiwa = await import("tokiwa");
    const runtime = await tokiwa.Runtime.create({ flavor: "currentThread" });
    return runtime.run(() =>
      timed(messages, async (n) => {
        const { sender, receiver } = tokiwa.mpsc.channel(CAPACITY);
        expect(await pass(tokiwa, sender, receiver, n), sumTo(n), "the channel");
      }),
    );
  },
});

const generators = local(async ({ spawn }, sender, receiver, n) => {
  spawn(function* () {
    for (let i = 0; i < n; i++) yield* sender.send(i);
  });
  return spawn(function* () {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += yield* receiver.recv();
    return sum;
  });
});

const asyncFunctions = local(async ({ spawn }, sender, receiver, n) => {
  spawn(async () => {
    for (let i = 0; i < n; i++) await sender.send(i);
  });
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await receiver.recv();
  return sum;
});

const effect = {
  needs: ["npm"],
  async run({ messages }) {
    const { passMessages } = await import("../peers/js/effect.mjs");
    return timed(messages, async (n) => {
      expect(await passMessages(n, CAPACITY), sumTo(n), "the queue");
    });
  },
};

const workers = {
  async run({ messages, bytes }) {
    const { codec, mpsc, Runtime, spawn } = await import("tokiwa");
    const { drainBytes, drainNumbers } = await import("./channel-tasks.mjs");
    const runtime = await Runtime.create({ workerThreads: 1 });
    const words = new Uint32Array(bytes / 4);
    const buffer = new Uint8Array(words.buffer);
    const pass = async (n) => {
      const isNumber = bytes === 4;
      const { sender, receiver } = mpsc.channel(CAPACITY, isNumber ? codec.u32 : codec.bytes);
      const counting = spawn(isNumber ? drainNumbers : drainBytes, receiver);
      await spawn(function* () {
        for (let number = 0; number < n; number++) {
          if (!isNumber) fillWords(words, number);
          yield* sender.send(isNumber ? number : buffer);
        }
      });
      sender[Symbol.dispose]();
      expect(await counting, n, "the channel");
    };
    return runtime.run(() => timed(messages, pass));
  },
};

const messagePort = {
  run({ messages, bytes }) {
    const pass = portTo(bytes);
    return timed(messages, async (n) => expect(await pass(n), n, "the port"));
  },
};

const speed = (subject, against, atLeast) => ({ subject, against, metric: "ops_per_s", atLeast });
const across = ["workers", "MessagePort"];

export default {
  about: "one message, in order; across threads every byte is looked at",
  cases: [
    {
      params: { messages: 2_000_000 },
      quick: { messages: 50_000 },
      subjects: ["generators", "async", "effect"],
      bars: [speed("generators", "effect", 1.5), speed("async", "effect")],
    },
    {
      params: { messages: 3_000_000, bytes: 4 },
      quick: { messages: 50_000 },
      subjects: across,
      bars: [speed("workers", "MessagePort", 5)],
    },
    {
      params: { messages: 300_000, bytes: 1024 },
      quick: { messages: 10_000 },
      subjects: across,
      bars: [speed("workers", "MessagePort", 3)],
    },
  ],
  subjects: { generators, async: asyncFunctions, effect, workers, MessagePort: messagePort },
};
