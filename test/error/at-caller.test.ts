/** Where the stack of an error begins that tells a caller of a mistake. */
import { Runtime, sleep, spawn, task } from "tokiwa";
import { expect, test } from "vitest";
import { wrong } from "../support/misuse.ts";

const far = task(import.meta, "far", (value: unknown) => value);

async function stackOf(call: () => unknown): Promise<string[]> {
  try {
    await call();
    return [];
  } catch (error) {
    return (error as Error).stack?.split(/\n +at /) ?? [];
  }
}

test.each<[what: string, call: () => unknown]>([
  ["an argument", () => sleep(Number.NaN)],
  ["an option", () => spawn(async () => {}, wrong({ nmae: "x" }))],
  ["a body", () => spawn(wrong(async function* () {}))],
  ["an option of a promise", () => Runtime.create({ workerThreads: -1 })],
  [
    "what cannot move",
    () =>
      spawn(
        far,
        wrong(() => 1),
      ),
  ],
  ["what cannot move, far inside", () => spawn(far, wrong([[[[[[[[{ deep: () => 1 }]]]]]]]]))],
])("the stack of a mistake begins with the call: %s", async (_what, call) => {
  const [message, first, second] = await stackOf(call);
  expect(message).toMatch(/^(\w+Error): Cannot /);
  expect(first).toContain("at-caller.test.ts");
  expect(second).toContain("stackOf");
});
