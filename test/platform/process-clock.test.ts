import { expect, test } from "vitest";
import { processClock } from "../../src/platform/node/process-clock.ts";

/** A thread that began at 1,000, and is put aside for so long at each of its readings. */
function threadWith(pauses: number[]) {
  let time = 1000;
  const own = () => {
    time += pauses.shift() ?? 1;
    return time - 1000;
  };
  const common = () => {
    time += pauses.shift() ?? 1;
    return time;
  };
  return { clock: processClock(common, own), moment: () => time };
}

test("processClock agrees with others although its thread is put aside as it begins", () => {
  for (const pauses of [[], [0, 50], [0, 1, 50], [3, 70, 9, 1, 80, 80, 0, 0.5, 0.5]]) {
    const { clock, moment } = threadWith(pauses);
    expect(Math.abs(clock() - moment())).toBeLessThanOrEqual(1);
  }
});

test("processClock is the process's own", () => {
  const [seconds, nanoseconds] = process.hrtime();
  const lag = processClock()() - (seconds * 1e3 + nanoseconds / 1e6);
  expect(lag).toBeGreaterThan(-0.1);
});
