import { equal } from "./expect.mjs";
import { numbers, produce } from "./tasks.mjs";

export const channels = {
  cases: {
    "a channel carries values between tasks of a worker": async ({ tokiwa: { mpsc, spawn } }) => {
      const { sender, receiver } = mpsc.channel(2);
      const producer = spawn(async () => {
        for (const value of [{ a: 1 }, "two", [3]]) await sender.send(value);
        sender[Symbol.dispose]();
      });
      const seen = [];
      for await (const value of receiver) seen.push(value);
      equal(seen, [{ a: 1 }, "two", [3]]);
      await producer;
    },
    "a channel with a codec reaches portable tasks": async ({ tokiwa: { spawn } }) => {
      const { sender, receiver } = numbers();
      const producer = spawn(produce, sender, 100);
      const seen = [];
      for await (const value of receiver) seen.push(value);
      equal(
        seen,
        Array.from({ length: 100 }, (_, value) => value),
      );
      await producer;
    },
    "a semaphore lets so many in at a time": async ({ tokiwa: { Semaphore, sleep, spawn } }) => {
      const slots = new Semaphore(2);
      let inside = 0;
      let most = 0;
      const visit = async () => {
        const permit = await slots.acquire();
        most = Math.max(most, ++inside);
        await sleep(1);
        inside -= 1;
        permit[Symbol.dispose]();
      };
      await Promise.all(Array.from({ length: 6 }, () => spawn(visit)));
      equal(most, 2);
    },
    "a oneshot brings its one value": async ({ tokiwa: { oneshot, spawn } }) => {
      const { sender, receiver } = oneshot.channel();
      await spawn(async () => sender.send("now"));
      equal(await receiver.recv(), "now");
    },
  },
};
