/** Tokio's `rt_poll_callbacks.rs`: hooks see the polls of the thread that made the runtime. */
import { type BuilderOptions, sleep, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { until } from "../support/waiting.ts";
import { runtimesOf } from "./flavors.ts";

const FLAVORS: readonly (readonly [string, BuilderOptions])[] = [
  ["current_thread", { flavor: "currentThread" }],
  ["multi_thread", { workerThreads: 2 }],
];

describe("rt_poll_callbacks", () => {
  for (const [flavor, options] of FLAVORS) {
    const make = runtimesOf(options);

    test(`callbacks_fire_${flavor}`, async () => {
      const [before, after]: [number[], number[]] = [[], []];
      const runtime = await make({
        hooks: {
          onBeforeTaskPoll: ({ id }) => before.push(id),
          onAfterTaskPoll: ({ id }) => after.push(id),
        },
      });
      const task = runtime.spawn(function* () {
        for (let round = 0; round < 3; round++) yield* yieldNow();
      });
      await task;
      await until(() => after.length === 4);
      expect([before, after]).toEqual([Array(4).fill(task.id), Array(4).fill(task.id)]);
    });

    test(`callbacks_fire_${flavor}, async function`, async () => {
      const calls: string[] = [];
      const runtime = await make({
        hooks: {
          onBeforeTaskPoll: ({ id, name }) => calls.push(`before ${id} ${name}`),
          onAfterTaskPoll: ({ id, name }) => calls.push(`after ${id} ${name}`),
        },
      });
      const task = runtime.spawn(
        async () => {
          for (let round = 0; round < 2; round++) {
            calls.push("poll");
            await yieldNow();
          }
          calls.push("poll");
          await sleep(1);
          calls.push("poll");
        },
        { name: "looper" },
      );
      await task;
      const of = `${task.id} looper`;
      const poll = [`before ${of}`, "poll", `after ${of}`];
      await until(() => calls.length >= 12);
      expect(calls).toEqual([poll, poll, poll, poll].flat());
    });
  }
});
