/**
 * Tokio-util's `task_join_map.rs`. Closures are local here: the tests of spawn_local are those of
 * spawn, and there is no place where they may not be spawned.
 */
import { type AbortHandle, JoinMap, sleep } from "tokiwa";
import { describe, expect, test } from "vitest";
import { deferred, turns, until } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";

const never = () => sleep(1e9);

/** A map of ten tasks that never end by themselves. */
function tenThatSleep(): JoinMap<number, void> {
  const map = new JoinMap<number, void>();
  for (let key = 0; key < 10; key++) map.spawn(key, never);
  return map;
}

/** How the tasks of a map end, by their keys. */
async function endsOf<K, V>(map: JoinMap<K, V>): Promise<Map<K, string>> {
  const ends = new Map<K, string>();
  for await (const [key, settled] of map) {
    if (settled.ok) ends.set(key, "done");
    else ends.set(key, settled.error.isCancelled ? "cancelled" : "failed");
  }
  return ends;
}

const spawnThenJoinNext = async () => {
  const map = new JoinMap<string, number>();
  for (let key = 0; key < 5; key++) map.spawn(`${key}`, async () => key);
  const ends = await endsOf(map);
  expect(ends).toEqual(new Map(["0", "1", "2", "3", "4"].map((key) => [key, "done"])));
};

const spawnThenShutdown = async () => {
  const map = tenThatSleep();
  await turns();
  await map.shutdown();
  expect([map.isEmpty, [...map.keys()]]).toEqual([true, []]);
  expect(await map.joinNext()).toBeUndefined();
};

const spawnThenDrop = async () => {
  const handles: AbortHandle[] = [];
  {
    using map = new JoinMap<number, void>();
    for (let key = 0; key < 10; key++) handles.push(map.spawn(key, never));
    await turns();
  }
  await until(() => handles.every(({ isFinished }) => isFinished));
};

describe("task_join_map", () => {
  test("test_with_sleep", async () => {
    const map = new JoinMap<number, number>();
    for (let key = 0; key < 10; key++) {
      map.spawn(key, async () => key);
      expect(map.size).toBe(1 + key);
    }
    map.detachAll();
    expect([map.size, map.isEmpty, await map.joinNext()]).toEqual([0, true, undefined]);
    for (let key = 0; key < 10; key++) {
      map.spawn(key, async () => {
        await sleep(key);
        return key;
      });
    }
    const seen = new Set<number>();
    for await (const [key, settled] of map) {
      expect(settled).toMatchObject({ ok: true, value: key });
      seen.add(key);
    }
    expect([seen.size, map.size]).toEqual([10, 0]);
  });

  test("test_abort_on_drop", spawnThenDrop);

  test("alternating", async () => {
    const map = new JoinMap<number, void>();
    map.spawn(1, async () => {});
    map.spawn(2, async () => {});
    for (let key = 3; key < 19; key++) {
      expect(await map.joinNext()).toMatchObject([expect.any(Number), { ok: true }]);
      expect(map.size).toBe(1);
      map.spawn(key, async () => {});
      expect(map.size).toBe(2);
    }
    map.detachAll();
  });

  test("test_keys", async () => {
    const map = new JoinMap<string, number>();
    const { id } = map.spawn("one", async () => 1);
    map.spawn("two", async () => 2);
    expect(new Set(map.keys())).toEqual(new Set(["one", "two"]));
    expect([map.has("one"), map.has("three"), map.hasTask(id)]).toEqual([true, false, true]);
    await endsOf(map);
    expect([[...map.keys()], map.has("one"), map.hasTask(id)]).toEqual([[], false, false]);
  });

  test("abort_by_predicate", async () => {
    const map = tenThatSleep();
    map.abortMatching((key) => key % 2 === 0);
    for (let count = 0; count < 5; count++) {
      const [key, settled] = (await map.joinNext()) ?? [];
      expect((key ?? 1) % 2).toBe(0);
      expect(settled).toMatchObject({ ok: false, error: { isCancelled: true } });
    }
    expect([map.abort(1), map.abort(2)]).toEqual([true, false]);
    expect(await map.joinNext()).toMatchObject([1, { ok: false }]);
    await map.shutdown();
  });

  test("abort_all", async () => {
    const map = tenThatSleep();
    await turns();
    map.abortAll();
    const ends = await endsOf(map);
    expect([...ends.values()]).toEqual(new Array(10).fill("cancelled"));
  });

  test("try_join_next_empty", () => {
    expect(new JoinMap().tryJoinNext()).toBeUndefined();
  });

  test("try_join_next_no_ready_task", async () => {
    const map = tenThatSleep();
    await turns();
    expect(map.tryJoinNext()).toBeUndefined();
    await map.shutdown();
  });

  test("try_join_next_aborted_task", async () => {
    const map = new JoinMap<string, void>();
    const handle = map.spawn("key", never);
    handle.abort();
    await until(() => handle.isFinished);
    const cancelled = { ok: false, error: { isCancelled: true } };
    expect(map.tryJoinNext()).toMatchObject(["key", cancelled]);
  });

  test("try_join_next_advances_through_multiple", async () => {
    const map = new JoinMap<number, number>();
    for (let key = 0; key < 8; key++) map.spawn(key, async () => key);
    await turns();
    for (let key = 0; key < 8; key++) {
      expect(map.tryJoinNext()).toMatchObject([key, { ok: true, value: key }]);
    }
    expect(map.tryJoinNext()).toBeUndefined();
  });

  test("duplicate_keys", async () => {
    const map = new JoinMap<number, string>();
    const goes = deferred<string>();
    const replaced = map.spawn(1, () => new Promise<string>(() => {}));
    map.spawn(1, () => goes.promise);
    map.spawn(2, async () => "two");
    expect(map.size).toBe(2);
    expect(await map.joinNext()).toMatchObject([2, { value: "two" }]);
    await until(() => replaced.isFinished);
    goes.resolve("one");
    expect(await map.joinNext()).toMatchObject([1, { value: "one" }]);
    expect(await map.joinNext()).toBeUndefined();
  });

  test("duplicate_keys2", async () => {
    const map = new JoinMap<number, string>();
    const first = map.spawn(1, async () => "old");
    await until(() => first.isFinished);
    map.spawn(1, async () => "new");
    expect(map.size).toBe(1);
    expect(await map.joinNext()).toMatchObject([1, { value: "new" }]);
    expect(await map.joinNext()).toBeUndefined();
  });

  const anywhere = "a closure stays on the worker that spawns it, and may be spawned anywhere";

  describe("spawn_local", () => {
    cannot("panic_outside_any_runtime", anywhere);
    cannot("panic_in_multi_thread_runtime", anywhere);
  });

  describe("spawn_local::local_runtime", () => {
    test("spawn_then_join_next", spawnThenJoinNext);
    test("spawn_then_shutdown", spawnThenShutdown);
    test("spawn_then_drop", spawnThenDrop);
  });

  describe("spawn_local::local_set", () => {
    test("spawn_then_shutdown", spawnThenShutdown);
    test("spawn_then_drop", spawnThenDrop);
  });

  describe("spawn_local_on::local_set", () => {
    test("spawn_then_join_next", spawnThenJoinNext);
    test("spawn_then_shutdown", spawnThenShutdown);
    test("spawn_then_drop", spawnThenDrop);
  });
});
