/** JoinSet, JoinQueue, JoinMap and TaskTracker against models: lists of what has been started. */
import fc from "fast-check";
import {
  JoinMap,
  JoinQueue,
  JoinSet,
  type Settled,
  TaskTracker,
  type TaskTrackerToken,
} from "tokiwa";
import { PENDING } from "tokiwa/future";
import { type TestTask, task, testWith } from "tokiwa/test";
import { test as base, expect } from "vitest";
import { turns } from "../support/turns.ts";
import { type Deferred, deferred } from "../support/waiting.ts";

const test = testWith(base);
const KEYS = 4;

const steps = fc.array(
  fc.record({
    action: fc.constantFrom(
      ...(["spawn", "spawn", "spawn", "end", "end", "fail", "abort", "take", "take"] as const),
    ),
    at: fc.nat(20),
  }),
  { maxLength: 30 },
);

/** A task that ends when it is told to. */
interface Work {
  readonly number: number;
  readonly goes: Deferred<number>;
  abort(): void;
  /** What is to come of it, once it has ended. */
  end?: number | "failed" | "cancelled";
}

const told = (settled: Settled<number> | undefined): Work["end"] | undefined => {
  if (settled === undefined || settled.ok) return settled?.value;
  return settled.error.isCancelled ? "cancelled" : "failed";
};

/** What the model keeps: works in the order in which they were started, and in which they ended. */
class Model {
  readonly started: Work[] = [];
  readonly ended: Work[] = [];
  #count = 0;

  get running(): Work[] {
    return this.started.filter(({ end }) => end === undefined);
  }

  start(spawn: (body: () => Promise<number>) => { abort(): void }): Work {
    this.#count += 1;
    const goes = deferred<number>();
    const handle = spawn(() => goes.promise);
    const work: Work = { number: this.#count, goes, abort: () => handle.abort() };
    this.started.push(work);
    return work;
  }

  end(work: Work, end: "end" | "fail" | "abort"): void {
    if (end === "end") work.goes.resolve(work.number);
    else if (end === "fail") work.goes.reject(new Error("no"));
    else work.abort();
    work.end = end === "end" ? work.number : end === "fail" ? "failed" : "cancelled";
    this.ended.push(work);
  }

  forget(work: Work): void {
    this.started.splice(this.started.indexOf(work), 1);
    if (this.ended.includes(work)) this.ended.splice(this.ended.indexOf(work), 1);
  }
}

type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never;

/** One step of what is started and ends by itself, in `group` and in the model. */
async function act(model: Model, { action, at }: Step, start: (model: Model) => void) {
  const { running } = model;
  const chosen = running[at % Math.max(1, running.length)];
  if (action === "spawn") start(model);
  else if (action !== "take" && chosen !== undefined) model.end(chosen, action);
  await turns();
}

/** Compares a set or a queue with the model; `turnOf` is the work that is to be joined next. */
async function follows(
  group: JoinSet<number> | JoinQueue<number>,
  turnOf: (model: Model) => Work | undefined,
  all: readonly Step[],
): Promise<void> {
  const model = new Model();
  let waiting: TestTask<Settled<number> | undefined> | undefined;
  for (const step of all) {
    await act(model, step, () => model.start((body) => group.spawn(body)));
    const work = turnOf(model);
    if (waiting !== undefined && work !== undefined) expect(waiting.isWoken).toBe(true);
    if (step.action !== "take") continue;
    const isEmpty = model.started.length === 0;
    if (step.at % 2 === 0) {
      waiting ??= task(group.joinNextWithId());
      const found = waiting.poll();
      expect(found === PENDING).toBe(work === undefined && !isEmpty);
      if (found !== PENDING) {
        expect(told(found)).toBe(work?.end);
        waiting = undefined;
      }
    } else expect(told(group.tryJoinNextWithId())).toBe(work?.end);
    if (work !== undefined) model.forget(work);
    expect(group.size).toBe(model.started.length);
  }
  waiting?.[Symbol.dispose]();
  group.abortAll();
  for await (const _ of group); // Nothing is reported of what is collected.
  expect(group.isEmpty).toBe(true);
}

test("a JoinSet gives what has ended, in that order", async () => {
  const next = ({ ended }: Model) => ended[0];
  await fc.assert(fc.asyncProperty(steps, (all) => follows(new JoinSet(), next, all)));
});

test("a JoinQueue gives what was started, in that order, once it has ended", async () => {
  const next = ({ started: [oldest] }: Model) => (oldest?.end === undefined ? undefined : oldest);
  await fc.assert(fc.asyncProperty(steps, (all) => follows(new JoinQueue(), next, all)));
});

test("a JoinMap forgets what was replaced", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const [map, model] = [new JoinMap<number, number>(), new Model()];
      const keys = new Map<Work, number>();
      for (const step of all) {
        await act(model, step, () => {
          const key = step.at % KEYS;
          const replaced = model.started.find((work) => keys.get(work) === key);
          if (replaced !== undefined) model.forget(replaced);
          keys.set(
            model.start((body) => map.spawn(key, body)),
            key,
          );
        });
        if (step.action === "take") {
          const [work] = model.ended;
          const [key, settled] = map.tryJoinNext() ?? [];
          expect([key, told(settled)]).toEqual([work && keys.get(work), work?.end]);
          if (work !== undefined) model.forget(work);
        }
        const left = model.started.map((work) => keys.get(work));
        expect([...map.keys()].sort()).toEqual(left.sort());
      }
      map.abortAll();
      for await (const _ of map);
    }),
  );
});

const trackerSteps = fc.array(
  fc.record({
    action: fc.constantFrom("token", "token", "drop", "drop", "close", "reopen", "wait"),
    at: fc.nat(9),
  }),
  { maxLength: 40 },
);

test("a TaskTracker ends waits that saw it closed and empty, if only for a moment", () => {
  fc.assert(
    fc.property(trackerSteps, (all) => {
      const tracker = new TaskTracker();
      const tokens: TaskTrackerToken[] = [];
      const waits: { readonly task: TestTask<void>; isOver: boolean }[] = [];
      let isClosed = false;
      for (const { action, at } of all) {
        if (action === "token") tokens.push(tracker.token());
        else if (action === "drop")
          tokens.splice(at % Math.max(1, tokens.length), 1)[0]?.[Symbol.dispose]();
        else if (action === "wait") waits.push({ task: task(tracker.wait()), isOver: false });
        else {
          expect(action === "close" ? tracker.close() : tracker.reopen()).toBe(
            isClosed !== (action === "close"),
          );
          isClosed = action === "close";
        }
        if (isClosed && tokens.length === 0) for (const wait of waits) wait.isOver = true;
        expect([tracker.size, tracker.isClosed]).toEqual([tokens.length, isClosed]);
      }
      for (const wait of waits) {
        expect(wait.task.poll() !== PENDING).toBe(wait.isOver);
        wait.task[Symbol.dispose]();
      }
    }),
  );
});
