import { equal, failure, holds, within } from "./expect.mjs";
import { add } from "./tasks.mjs";

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
    "code that joins a task knows its runtime and its own task": async ({ tokiwa }) => {
      const { Handle, spawn, tryTaskId } = tokiwa;
      const join = async (value) => {
        const before = [Handle.current().name, tryTaskId()];
        equal(await spawn(add, value, 1), value + 1);
        equal([Handle.current().name, tryTaskId()], before);
      };
      const joinAll = (runtime) => {
        const inside = Array.from({ length: 20 }, (_, value) => runtime.run(() => join(value)));
        const tasks = Array.from({ length: 20 }, (_, value) => runtime.spawn(() => join(value)));
        return Promise.all([...inside, ...tasks]);
      };
      await within(tokiwa, { flavor: "currentThread", name: "one" }, (one) =>
        within(tokiwa, { flavor: "currentThread", name: "two" }, (two) =>
          Promise.all([joinAll(one), joinAll(two)]),
        ),
      );
    },
    "an option that is wrong is refused": async ({ tokiwa: { Runtime } }) => {
      const error = await failure(Runtime.create({ eventInterval: 0 }));
      holds(error instanceof RangeError, `a RangeError: ${error}`);
    },
  },
};
