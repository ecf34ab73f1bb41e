import { equal, failure, holds, within } from "./expect.mjs";

export const rt = {
  cases: {
    "a runtime runs a function and gives its value": async ({ tokiwa }) => {
      await within(tokiwa, { flavor: "currentThread" }, async (runtime) => {
        equal(await runtime.run(async () => 42), 42);
      });
    },
    "code outside of all runtimes has one": async ({ tokiwa: { sleep, spawn } }) => {
      await sleep(1);
      equal(await spawn(async () => "here"), "here");
    },
    "a runtime that is shut down cancels what waits": async ({ tokiwa: { Runtime, sleep } }) => {
      const runtime = await Runtime.create({ flavor: "currentThread" });
      const handle = runtime.spawn(async () => sleep(1e9));
      await runtime.shutdown();
      holds((await failure(handle)).isCancelled, "the task was cancelled");
    },
    "two runtimes live side by side": async ({ tokiwa }) => {
      const nameOf = async () => {
        await tokiwa.sleep(1);
        return tokiwa.Handle.current().name;
      };
      await within(tokiwa, { flavor: "currentThread", name: "one" }, (one) =>
        within(tokiwa, { flavor: "currentThread", name: "two" }, async (two) => {
          equal(await Promise.all([one.run(nameOf), two.run(nameOf)]), ["one", "two"]);
        }),
      );
    },
    "an option that is wrong is refused": async ({ tokiwa: { Runtime } }) => {
      const error = await failure(Runtime.create({ eventInterval: 0 }));
      holds(error instanceof RangeError, `a RangeError: ${error}`);
    },
  },
};
