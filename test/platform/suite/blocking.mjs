import { equal, failure } from "./expect.mjs";
import { sleepSoundly } from "./tasks.mjs";

export const blocking = {
  cases: {
    "a blocking job blocks a thread of its own": async ({ tokiwa: { spawnBlocking } }) => {
      equal(await spawnBlocking(sleepSoundly, 5), "slept");
    },
  },
  without: {
    "spawnBlocking is refused": async ({ tokiwa: { spawnBlocking } }) => {
      const error = await failure(async () => spawnBlocking(sleepSoundly, 5));
      equal(error.name, "UnsupportedError");
    },
  },
};
