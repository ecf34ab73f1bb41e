import { Barrier, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { refused, wrong } from "../support/misuse.ts";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";

describe("a barrier", () => {
  test("lets nobody through before all are there, time after time", async () => {
    const barrier = new Barrier(3);
    const arrived = [0, 0, 0];
    const walk = async () => {
      let led = 0;
      for (const round of arrived.keys()) {
        arrived[round] = (arrived[round] as number) + 1;
        if ((await barrier.wait()).isLeader) led += 1;
        expect(arrived[round]).toBe(3);
      }
      return led;
    };
    const led = await Promise.all([spawn(walk), spawn(walk), spawn(walk)]);
    expect(led.reduce((sum, each) => sum + each)).toBe(3);
  });

  test("counts one that has given up its wait", async () => {
    const barrier = new Barrier(2);
    const stop = new AbortController();
    const gone = rejection(barrier.wait({ signal: stop.signal }));
    await turns();
    stop.abort("gone");
    expect(await gone).toBe("gone");
    expect(await barrier.wait()).toEqual({ isLeader: true });
  });

  test("says what is wrong", () => {
    refused([
      [
        () => new Barrier(wrong(-1)),
        "RangeError: Cannot make barrier: " +
          "parties must be a whole number from 0 to 4294967295, got -1",
      ],
    ]);
  });
});
