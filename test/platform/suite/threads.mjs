import { equal, failure, holds, within } from "./expect.mjs";
import { beginBeats, burn, countBeats } from "./tasks.mjs";

export const threads = {
  cases: {
    "two workers share the work of one": async ({ tokiwa }) => {
      await within(tokiwa, { workerThreads: 2 }, async (runtime) => {
        const burns = Array.from({ length: 12 }, () => runtime.spawn(burn, 10));
        equal([...new Set(await Promise.all(burns))].sort(), [0, 1]);
      });
    },
    "the thread that made the runtime goes on meanwhile": async ({ tokiwa }) => {
      await within(tokiwa, { workerThreads: 1 }, async (runtime) => {
        const burning = runtime.spawn(burn, 50);
        let isOver = false;
        burning.then(() => {
          isOver = true;
        });
        await runtime.run(async () => tokiwa.sleep(5));
        holds(!isOver, "the worker still computes");
        await burning;
      });
    },
    "an idle worker hears of its own event loop": async ({ tokiwa }) => {
      await within(tokiwa, { workerThreads: 1 }, async (runtime) => {
        await runtime.spawn(beginBeats, 5);
        while ((await runtime.spawn(countBeats)) < 5) await runtime.run(() => tokiwa.sleep(1));
        await runtime.spawn(beginBeats, 10);
        await runtime.run(() => tokiwa.sleep(100));
        equal(await runtime.spawn(countBeats), 10);
      });
    },
  },
  without: {
    "multiThread is refused, with what to do": async ({ tokiwa: { Runtime }, needs }) => {
      const error = await failure(Runtime.create({ flavor: "multiThread" }));
      equal(error.name, "UnsupportedError");
      for (const word of needs) holds(error.message.includes(word), `${word} in: ${error}`);
    },
    "portable tasks run on the one thread": async ({ tokiwa: { spawn } }) => {
      await Promise.all([spawn(burn, 1), spawn(burn, 1)]);
    },
  },
};
