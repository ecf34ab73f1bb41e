/** Wasm tasks that are aborted at each wait there is: nothing of them stays. */
import { Runtime } from "tokiwa/runtime";
import type { GuestTask } from "tokiwa/task";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { levelsOff } from "../support/leaks.ts";
import { rejection, until } from "../support/waiting.ts";

interface Aborts {
  readonly kinds: GuestTask<[], number>;
  readonly abortAt: GuestTask<[kind: number, turns: number], boolean>;
  readonly standAt: GuestTask<[kind: number], void>;
}

let runtime: Runtime;
let guest: Aborts;
let kinds: readonly number[];

beforeAll(async () => {
  runtime = await Runtime.create({ workerThreads: 2 });
  guest = await runtime.load<Aborts>(await buildFixture("aborts"));
  kinds = Array.from({ length: await runtime.spawn(guest.kinds) }, (_, kind) => kind);
}, 120_000);

afterAll(() => runtime.shutdown());

/** Does something many times, and sees that all is given back that it took. */
async function leavesNothing(act: () => Promise<void>): Promise<void> {
  const { metrics } = runtime;
  await levelsOff(metrics, async () => {
    for (let time = 0; time < 10; time++) {
      await act();
      // A task that nobody is left to abort goes on until what it waits for is given back.
      await until(() => metrics.aliveTasks === 0 && metrics.pendingWaits === 0);
    }
  });
}

test("a task that another one aborts at a wait gives back all that it has", async () => {
  await leavesNothing(async () => {
    for (const turns of [0, 1, 2, 5]) {
      const ends = kinds.map((kind) => runtime.spawn(guest.abortAt, kind, turns));
      expect(await Promise.all(ends)).toEqual(kinds.map(() => true));
    }
  });
});

test("a task that the host aborts at a wait gives back all that it has", async () => {
  await leavesNothing(async () => {
    const tasks = kinds.map((kind) => runtime.spawn(guest.standAt, kind));
    await runtime.spawn(guest.abortAt, 0, 5);
    for (const task of tasks) task.abort();
    for (const task of tasks) expect(await rejection(task)).toMatchObject({ isCancelled: true });
  });
});
