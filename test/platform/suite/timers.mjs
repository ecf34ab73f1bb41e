import { equal, failure, holds } from "./expect.mjs";

export const timers = {
  cases: {
    "sleep is not over early": async ({ tokiwa: { Instant, sleep } }) => {
      for (const ms of [1, 5, 20]) {
        const begin = Instant.now();
        await sleep(ms);
        const tookMs = Instant.now() - begin;
        holds(tookMs >= ms, `${tookMs} ms is ${ms} or more`);
      }
    },
    "sleeps end in the order of their deadlines": async ({ tokiwa: { sleep, spawn } }) => {
      const order = [];
      const delays = [30, 10, 20, 1, 15];
      const handles = delays.map((ms) =>
        spawn(async () => {
          await sleep(ms);
          order.push(ms);
        }),
      );
      await Promise.all(handles);
      equal(order, [1, 10, 15, 20, 30]);
    },
    "timeout ends what takes too long": async ({ tokiwa: { ElapsedError, sleep, timeout } }) => {
      holds((await failure(timeout(5, sleep(1e9)))) instanceof ElapsedError, "it has elapsed");
    },
    "an interval ticks": async ({ tokiwa: { interval } }) => {
      const ticks = interval(2);
      for (let tick = 0; tick < 5; tick++) await ticks.tick();
    },
  },
};
