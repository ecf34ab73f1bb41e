/** Many waits that one signal ends. */
import { getEventListeners } from "node:events";
import { CancelledError, Notify, sleep, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";

const MANY = 100;

describe("a signal", () => {
  test("has one listener, however many waits it is to end, and none after them", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on("warning", onWarning);
    const { signal } = new AbortController();
    const notify = new Notify();
    const waits = Array.from({ length: MANY }, (_, at) =>
      spawn(() => (at % 2 === 0 ? notify.notified({ signal }) : sleep(1e9, { signal }))),
    );
    await turns();
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    notify.notifyOne();
    await waits[0];
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    for (const wait of waits) wait.abort();
    await Promise.allSettled(waits);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });

  test("ends all of them, whatever they do to each other", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const notify = new Notify();
    const reasons: unknown[] = [];
    const waits = Array.from({ length: MANY }, () =>
      spawn(async () => {
        reasons.push(await rejection(notify.notified({ signal })));
        waits.at(-1)?.abort();
        reasons.push(await rejection(notify.notified({ signal })));
      }),
    );
    await turns();
    controller.abort("enough");
    await Promise.allSettled(waits);
    const others = reasons.filter((reason) => reason !== "enough");
    expect(reasons.length).toBeGreaterThan(2 * MANY - 3);
    for (const other of others) expect(other).toBeInstanceOf(CancelledError);
  });
});
