import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { beginStep, setContextStore, tryContext } from "../../src/core/context.ts";
import { Future, PENDING, type Pending } from "../../src/future/future.ts";
import { contextStore } from "../../src/platform/node/context-store.ts";
import { taskLocal } from "../../src/task/task-local.ts";
import { FakeThread, poll } from "../time/fake-thread.ts";

const key = taskLocal<number>("key");
const other = taskLocal<string>("other");

beforeAll(() => setContextStore(contextStore));
afterAll(() => setContextStore(undefined));

let thread: FakeThread;
beforeEach(() => {
  thread = new FakeThread();
});
afterEach(() => thread.leave());

/** Something foreign to wait for. */
const aWhile = () => new Promise((done) => setImmediate(done));

describe("TaskLocal.scope of an async function", () => {
  test("sets the value for all that the function awaits", async () => {
    const seen: unknown[] = [];
    const result = await key.scope(1, async () => {
      seen.push(key.get());
      await aWhile();
      seen.push(key.get());
      await Promise.resolve();
      return key.get();
    });
    expect([...seen, result]).toEqual([1, 1, 1]);
    expect(key.tryGet()).toBeUndefined();
  });

  test("keeps those that run side by side apart", async () => {
    const read = async () => {
      await aWhile();
      return key.get();
    };
    expect(await Promise.all([1, 2, 3].map((value) => key.scope(value, read)))).toEqual([1, 2, 3]);
  });

  test("nests, and leaves other keys alone", async () => {
    const seen = await key.scope(1, () =>
      other.scope("o", async () => {
        const inner = await key.scope(2, async () => {
          await aWhile();
          return [key.get(), other.get()];
        });
        return [inner, key.get(), other.get()];
      }),
    );
    expect(seen).toEqual([[2, "o"], 1, "o"]);
  });

  test("holds a value that is undefined apart from none", async () => {
    const maybe = taskLocal<number | undefined>("maybe");
    expect(
      await maybe.scope(undefined, async () => maybe.with((value) => value === undefined)),
    ).toBe(true);
    expect(() => maybe.get()).toThrow("Cannot read");
  });

  test("stays where the task and the thread are", async () => {
    const outside = tryContext();
    const inside = await key.scope(1, async () => tryContext());
    expect(inside).toMatchObject({ task: outside?.task });
    expect(inside?.thread).toBe(outside?.thread);
  });
});

describe("TaskLocal.scope of a generator", () => {
  function* body(): Generator<string, number, void> {
    yield `${key.tryGet()}`;
    yield `${key.tryGet()}`;
    return key.get();
  }

  test("sets the value at every step, and only there", () => {
    const steps = key.scope(4, body);
    expect(steps.next()).toEqual({ done: false, value: "4" });
    expect(key.tryGet()).toBeUndefined();
    expect(steps.next()).toEqual({ done: false, value: "4" });
    expect(steps.next()).toEqual({ done: true, value: 4 });
  });

  test("can be delegated to", () => {
    const outer = function* () {
      return [key.tryGet(), yield* key.scope(4, body), key.tryGet()];
    };
    const steps = outer();
    steps.next();
    steps.next();
    expect(steps.next().value).toEqual([undefined, 4, undefined]);
  });

  test("sets the value for finally blocks, however they are reached", () => {
    const seen: unknown[] = [];
    const steps = key.scope(4, function* () {
      try {
        yield 1;
      } finally {
        seen.push(key.get());
      }
    });
    steps.next();
    steps.return();
    const failing = key.scope(5, function* () {
      try {
        yield 1;
      } catch {
        seen.push(key.get());
      }
    });
    failing.next();
    failing.throw(new Error("x"));
    expect(seen).toEqual([4, 5]);
  });

  test("takes in the task that the generator turns out to run in", () => {
    const steps = key.scope(4, function* (): Generator<unknown, void, void> {
      yield tryContext()?.task;
    });
    const task = { id: 3 } as never;
    const outer = beginStep({ thread, task });
    expect(steps.next().value).toBe(task);
    beginStep(outer);
  });
});

describe("TaskLocal.scope of a future", () => {
  class Reader extends Future<number | undefined> {
    readonly seen: unknown[] = [];
    isReady = false;

    poll(): number | undefined | Pending {
      this.seen.push(key.tryGet());
      return this.isReady ? key.tryGet() : PENDING;
    }

    [Symbol.dispose](): void {
      this.seen.push(key.tryGet());
    }
  }

  test("sets the value at every poll, and as it is given up", () => {
    const reader = new Reader();
    const scoped = key.scope(6, reader);
    expect(poll(scoped)).toBe("pending");
    reader.isReady = true;
    expect(poll(scoped)).toBe(6);
    scoped[Symbol.dispose]();
    expect(reader.seen).toEqual([6, 6, 6]);
    expect(key.tryGet()).toBeUndefined();
  });

  test("takes a future from a function as well", () => {
    const reader = new Reader();
    expect(poll(key.scope(7, () => reader))).toBe("pending");
    expect(reader.seen).toEqual([7]);
  });
});

describe("TaskLocal.syncScope", () => {
  test("sets the value until the function returns or throws", () => {
    expect(key.syncScope(8, () => key.get())).toBe(8);
    expect(() =>
      key.syncScope(8, () => {
        throw new Error(`${key.get()}`);
      }),
    ).toThrow("8");
    expect(key.tryGet()).toBeUndefined();
  });

  test("does not reach beyond it", async () => {
    const later = key.syncScope(8, async () => {
      await aWhile();
      return key.tryGet();
    });
    expect(await later).toBeUndefined();
  });
});

describe("TaskLocal outside of its scopes", () => {
  test("says that there is no value", () => {
    expect(key.tryGet()).toBeUndefined();
    expect(key.tryWith(() => 1)).toBeUndefined();
    expect(() => key.get()).toThrow('Cannot read task-local "key": it is not set here');
    expect(() => key.with(() => 1)).toThrow(/^Cannot read task-local "key"/);
  });

  test("tells two keys of one name apart", () => {
    const twin = taskLocal<number>("key");
    expect(key.syncScope(1, () => twin.tryGet())).toBeUndefined();
  });
});
