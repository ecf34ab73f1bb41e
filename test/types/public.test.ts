/** What a user's compiler and editor see. The types are checked by `npm run types`. */
import * as everything from "tokiwa";
import {
  type AbortHandle,
  Handle,
  type Instant,
  interval,
  JoinSet,
  main,
  type Runtime,
  select,
  sleep,
  spawn,
  spawnBlocking,
  type TaskLocal,
  type TaskMeta,
  task,
  timeout,
  tryJoin,
  unconstrained,
  yieldNow,
} from "tokiwa";
import * as error from "tokiwa/error";
import * as future from "tokiwa/future";
import { type TcpListener, TcpStream } from "tokiwa/net";
import * as runtime from "tokiwa/runtime";
import * as tasks from "tokiwa/task";
import * as time from "tokiwa/time";
import { expect, expectTypeOf, test } from "vitest";

const add = task(import.meta, "add", async (a: number, b: number) => a + b);
const join = task(import.meta, "join", (parts: readonly string[], by?: string) => parts.join(by));
const nap = function* (ms: number) {
  yield* sleep(ms);
  return "slept";
};
const farNap = task(import.meta, "farNap", nap);

/** For the compiler only. */
function never(_body: () => unknown): void {}

test("tokiwa: has all that its parts have, but sockets", () => {
  const ofSockets = ["NetError", "ReuniteError", "UnexpectedEndError"];
  const parts = { ...error, ...future, ...runtime, ...tasks, ...time };
  const missing = Object.keys(parts).filter((name) => !(name in everything));
  expect(missing.sort()).toEqual(ofSockets);
});

test("spawn: gives what the task returns", () => {
  never(async () => {
    expectTypeOf(await spawn(async () => 1)).toEqualTypeOf<number>();
    expectTypeOf(await spawn(() => nap(1))).toEqualTypeOf<string>();
    expectTypeOf(await spawn(nap(1))).toEqualTypeOf<string>();
    expectTypeOf(await spawn(add, 1, 2)).toEqualTypeOf<number>();
    expectTypeOf(await spawn(join, ["a"])).toEqualTypeOf<string>();
    expectTypeOf(await spawn(farNap, 1)).toEqualTypeOf<string>();
    expectTypeOf(await spawnBlocking(add, 1, 2)).toEqualTypeOf<number>();
    expectTypeOf(await spawnBlocking(farNap, 1)).toEqualTypeOf<string>();
    expectTypeOf(new JoinSet<string>().spawn(farNap, 1)).toEqualTypeOf<AbortHandle>();
  });
});

test("what waits and gives nothing gives void", () => {
  never(async () => {
    expectTypeOf(await spawn(() => sleep(1))).toEqualTypeOf<void>();
    expectTypeOf(await timeout(1, sleep(1))).toEqualTypeOf<void>();
    expectTypeOf(Handle.current().blockOn(() => sleep(1))).toEqualTypeOf<void>();
    expectTypeOf(Handle.current().blockOn(yieldNow())).toEqualTypeOf<void>();
    expectTypeOf(await unconstrained(sleep(1))).toEqualTypeOf<void>();
  });
});

test("select and join: give what the branches do", () => {
  never(async () => {
    const won = await select(
      {
        nap: sleep(1),
        word: { work: () => nap(1), match: (word) => word.length > 0 },
        number: async () => 1,
      },
      { else: () => 1n },
    );
    if (won.key === "nap") expectTypeOf(won.value).toEqualTypeOf<void>();
    if (won.key === "word") expectTypeOf(won.value).toEqualTypeOf<string>();
    if (won.key === "number") expectTypeOf(won.value).toEqualTypeOf<number>();
    if (won.key === "else") expectTypeOf(won.value).toEqualTypeOf<bigint>();
    const first = await select([sleep(1), async () => 1]);
    if (first.key === 1) expectTypeOf(first.value).toEqualTypeOf<number>();
    const joined = await future.join([sleep(1), () => nap(1), async () => 1]);
    expectTypeOf(joined).toEqualTypeOf<[void, string, number]>();
    expectTypeOf(await tryJoin({ nap: () => nap(1) })).toEqualTypeOf<{ nap: string }>();
  });
});

test("task: refuses a function whose arguments cannot move", () => {
  never(() => {
    task(import.meta, "of a stream", async (stream: TcpStream, by: Map<string, Date>) => {
      await stream.writeAll(new Uint8Array(by.size));
    });
    // @ts-expect-error: "its arguments are not Send"
    task(import.meta, "of a function", (then: () => void) => then());
    // @ts-expect-error: "its arguments are not Send"
    task(import.meta, "of a promise inside", (inner: { first?: Promise<number>[] }) => inner.first);
  });
});

test("spawn: refuses what a task does not take", () => {
  never(() => {
    // @ts-expect-error
    spawn(add, 1, "2");
    // @ts-expect-error
    spawn(add, 1);
    // @ts-expect-error
    spawn(add, 1, 2, 3);
    // @ts-expect-error
    spawn((count: number) => count);
    // @ts-expect-error
    spawn(async () => {}, { nam: "x" });
    // @ts-expect-error
    spawnBlocking(() => 1);
    // @ts-expect-error
    new JoinSet<number>().spawn(join, ["a"]);
  });
});

test("JoinSet, timeout, blockOn, main, interval: pass types on", () => {
  never(async () => {
    const set = JoinSet.from([async () => 1]);
    expectTypeOf(await set.joinNext()).toEqualTypeOf<number | undefined>();
    expectTypeOf(await set.joinAll()).toEqualTypeOf<number[]>();
    expectTypeOf(await timeout(1, spawn(add, 1, 2))).toEqualTypeOf<number>();
    expectTypeOf(await timeout(1, async (signal) => signal)).toEqualTypeOf<AbortSignal>();
    expectTypeOf(Handle.current().blockOn(() => nap(1))).toEqualTypeOf<string>();
    expectTypeOf(await main(async () => 1)).toEqualTypeOf<number | undefined>();
    for await (const due of interval(1)) expectTypeOf(due).toEqualTypeOf<Instant>();
    // @ts-expect-error
    Handle.current().blockOn(async () => 1);
    // @ts-expect-error
    interval(1, { missedTick: "never" });
  });
});

test("TcpListener.serve: takes a task of one stream, or a closure", () => {
  const echo = task(import.meta, "echo", async (stream: TcpStream) => stream.close());
  never((listener?: TcpListener) => {
    listener?.serve(echo);
    listener?.serve(async (stream) => expectTypeOf(stream).toEqualTypeOf<TcpStream>());
    // @ts-expect-error
    listener?.serve(add);
    // @ts-expect-error
    TcpStream.connect(80);
  });
});

test("Runtime: names the types of its options", () => {
  never((made?: typeof Runtime) => {
    const hook = (meta: TaskMeta) => void meta.name;
    made?.create({ hooks: { onTaskSpawn: hook }, flavor: "multiThread" });
    // @ts-expect-error
    made?.create({ workers: 2 });
    // @ts-expect-error
    made?.create({ flavor: "multi" });
  });
  expectTypeOf<TaskLocal<number>["get"]>().returns.toEqualTypeOf<number>();
});
