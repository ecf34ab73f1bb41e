import { expect, test } from "vitest";
import { LinuxFutex } from "../../src/platform/linux/futex.ts";

const TIMEOUT_MS = 20;

test.runIf(process.platform === "linux")("LinuxFutex sleeps while the word is as expected", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const futex = new LinuxFutex(memory);
  const address = 64;
  const elapsedMs = (expected: number) => {
    const begin = performance.now();
    futex.wait(address, expected, TIMEOUT_MS);
    return performance.now() - begin;
  };
  new Uint32Array(memory.buffer)[address >> 2] = 5;
  expect(elapsedMs(5)).toBeGreaterThanOrEqual(TIMEOUT_MS);
  // The fastest of many: a thread may be put aside at any time.
  expect(Math.min(...Array.from({ length: 20 }, () => elapsedMs(4)))).toBeLessThan(TIMEOUT_MS);
  futex.wake(address); // Nobody sleeps there.
});
