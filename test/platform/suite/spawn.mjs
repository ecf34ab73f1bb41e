import { equal, failure, holds } from "./expect.mjs";
import { add, addLater, countUp, fail, knowsItself, spawnsHere } from "./tasks.mjs";

export const spawn = {
  cases: {
    "async functions and generators are tasks": async ({ tokiwa: { sleep, spawn } }) => {
      const one = spawn(async () => {
        await sleep(1);
        return 1;
      });
      const two = spawn(function* () {
        yield* sleep(1);
        return 2;
      });
      equal([await one, await two], [1, 2]);
    },
    "portable tasks give their values": async ({ tokiwa: { spawn } }) => {
      equal(await Promise.all([spawn(add, 1, 2), spawn(addLater, 3, 4), spawn(countUp, 4)]), [
        ...[3, 7, 6],
      ]);
    },
    "what a portable task throws comes with its cause": async ({ tokiwa: { spawn } }) => {
      const error = await failure(spawn(fail, "no such thing"));
      holds(error.isPanic, "it is a panic");
      equal([error.cause.name, error.cause.message], ["RangeError", "no such thing"]);
    },
    "an async task knows itself behind the end of another function": async ({
      tokiwa: { spawn },
    }) => {
      equal(await Promise.all(Array.from({ length: 20 }, () => spawn(knowsItself))), [
        ...Array(20).fill(true),
      ]);
    },
    "an async task knows itself beside tasks that end at once": async ({ tokiwa: { spawn } }) => {
      const knowing = [];
      const adding = [];
      for (let value = 0; value < 40; value++) {
        knowing.push(spawn(knowsItself));
        adding.push(spawn(add, value, 1));
      }
      equal(await Promise.all(knowing), [...Array(40).fill(true)]);
      equal(
        await Promise.all(adding),
        [...Array(40).keys()].map((value) => value + 1),
      );
    },
    "a task spawns where it runs": async ({ tokiwa: { spawn } }) => {
      equal(await spawn(spawnsHere), 7);
    },
    "a thousand tasks settle": async ({ tokiwa: { spawn, yieldNow } }) => {
      const handles = Array.from({ length: 1000 }, (_, index) =>
        spawn(function* () {
          yield* yieldNow();
          return index;
        }),
      );
      const sum = (await Promise.all(handles)).reduce((total, value) => total + value, 0);
      equal(sum, 499_500);
    },
  },
};
