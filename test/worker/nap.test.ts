import { expect, test } from "vitest";
import { PARK_LOOP, PARK_WAIT, TURN_IDLE, TURN_READY } from "../../assembly/shared/verdicts.ts";
import { Napper } from "../../src/worker/nap.ts";

test("a thread naps while nothing waits for its event loop, and not after a nap in vain", () => {
  const napper = new Napper();
  expect(napper.mode(false)).toBe(PARK_LOOP);
  expect(napper.mode(true)).toBe(PARK_WAIT);
  napper.woke(TURN_READY);
  expect(napper.mode(true)).toBe(PARK_WAIT);
  napper.woke(TURN_IDLE);
  expect(napper.mode(true)).toBe(PARK_LOOP);
  expect(napper.mode(true)).toBe(PARK_WAIT);
});
