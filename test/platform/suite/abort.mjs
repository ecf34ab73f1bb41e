import { equal, failure, holds } from "./expect.mjs";
import { waitForever } from "./tasks.mjs";

export const abort = {
  cases: {
    "an aborted task runs its finally blocks": async ({ tokiwa: { sleep, spawn } }) => {
      const seen = [];
      const handle = spawn(async () => {
        const wait = async () => sleep(1);
        await wait();
        try {
          await sleep(1e9);
        } finally {
          seen.push("cleaned up");
        }
      });
      await sleep(20);
      handle.abort();
      holds((await failure(handle)).isCancelled, "it was cancelled");
      equal(seen, ["cleaned up"]);
    },
    "a portable task is aborted wherever it is": async ({ tokiwa: { sleep, spawn } }) => {
      const handle = spawn(waitForever);
      await sleep(20);
      handle.abort();
      holds((await failure(handle)).isCancelled, "it was cancelled");
    },
    "a loop of waits that are over at once lets others run": async ({
      tokiwa: { Notify, sleep, spawn },
    }) => {
      const notify = new Notify();
      const greedy = spawn(async () => {
        for (;;) {
          notify.notifyOne();
          await notify.notified();
        }
      });
      await sleep(5);
      greedy.abort();
      holds((await failure(greedy)).isCancelled, "it was cancelled");
    },
  },
};
