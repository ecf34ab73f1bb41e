/** What a set does with failures that nobody collects: they are those of tasks nobody joins. */
import { JoinSet, type Runtime, sleep, spawn } from "tokiwa";
import type { JoinError } from "tokiwa/error";
import { describe, expect, test } from "vitest";
import { runtimesOf } from "../conformance/flavors.ts";
import { deferred, rejection, until } from "../support/waiting.ts";

const make = runtimesOf({ flavor: "currentThread" });

async function reporting(): Promise<{ runtime: Runtime; reports: string[] }> {
  const reports: string[] = [];
  const onUnhandledPanic = ({ cause }: JoinError) => reports.push((cause as Error).message);
  return { runtime: await make({ onUnhandledPanic }), reports };
}

function fail(message: string): () => Promise<never> {
  return async () => {
    throw new Error(message);
  };
}

/** One task that has failed already, one that will, and one that ends well. */
async function setWith(late: Promise<void>): Promise<JoinSet<unknown>> {
  const set = new JoinSet<unknown>();
  const early = set.spawn(fail("early"));
  set.spawn(async () => {
    try {
      await late;
      await sleep(0);
    } catch {}
    throw new Error("late");
  });
  set.spawn(async () => 1);
  await until(() => early.isFinished);
  return set;
}

describe("a failure that nobody collects is reported once", () => {
  test("of a set that is detached", async () => {
    const { runtime, reports } = await reporting();
    await runtime.run(async () => {
      const gate = deferred();
      const set = await setWith(gate.promise);
      set.detachAll();
      gate.resolve();
      await until(() => reports.length === 2);
      expect(reports).toEqual(["early", "late"]);
    });
  });

  test("of a set that is disposed of", async () => {
    const { runtime, reports } = await reporting();
    await runtime.run(async () => {
      const set = await setWith(Promise.resolve());
      set[Symbol.dispose]();
      await until(() => reports.length === 2);
      expect(reports).toEqual(["early", "late"]);
    });
  });

  test("of a set that is shut down", async () => {
    const { runtime, reports } = await reporting();
    await runtime.run(async () => {
      const set = await setWith(Promise.resolve());
      await set.shutdown();
      await until(() => reports.length === 2);
      expect(reports).toEqual(["early", "late"]);
    });
  });
});

test("a failure that somebody has heard of is not reported by its set", async () => {
  const { runtime, reports } = await reporting();
  await runtime.run(async () => {
    const set = new JoinSet<unknown>();
    set.spawn(fail("collected"));
    expect(await rejection(set.joinNext())).toMatchObject({ isPanic: true });
    const joined = spawn(fail("joined"));
    set.add(joined);
    expect(await rejection(joined)).toMatchObject({ isPanic: true });
    set.spawn(async () => sleep(1e6)).abort();
    set.detachAll();
    for (let body = 0; body < 3; body++) set.spawn(fail("all"));
    expect(await rejection(set.joinAll())).toMatchObject({ message: "all" });
    // Whatever is reported, the next failure is so after it.
    spawn(fail("last"));
    await until(() => reports.length > 0);
    expect(reports).toEqual(["last"]);
  });
});
