import { spawn } from "tokiwa";
import { advance, task, testWith } from "tokiwa/test";
import { type DelayKey, DelayQueue, Instant, sleep } from "tokiwa/time";
import { test as base, expect } from "vitest";
import { seeded } from "../support/random.ts";

const test = testWith(base);
const PAUSED = { startPaused: true };

/** What a model of the queue, a plain list, says that comes next. */
interface Planned {
  readonly value: number;
  readonly key: DelayKey;
  dueMs: number;
}

test("DelayQueue: inserts, resets and removals give what a plain list gives", PAUSED, async () => {
  const random = seeded(21);
  const below = (bound: number) => Math.floor(random() * bound);
  const start = Instant.now();
  const queue = new DelayQueue<number>();
  let model: Planned[] = [];
  for (let value = 0; value < 3000; value++) {
    const choice = below(10);
    const chosen = model[below(model.length)];
    const delay = below(100);
    const dueMs = start.elapsed() + delay;
    if (choice < 5) model.push({ value, key: queue.insert(value, delay), dueMs });
    else if (choice < 7 && chosen !== undefined) {
      chosen.dueMs = dueMs;
      queue.reset(chosen.key, delay);
    } else if (choice === 7 && chosen !== undefined) {
      expect(queue.remove(chosen.key)?.value).toBe(chosen.value);
      model = model.filter((planned) => planned !== chosen);
    } else if (model.length > 0) {
      const [first] = [...model].sort((a, b) => a.dueMs - b.dueMs || a.value - b.value);
      expect((await queue.next())?.value).toBe(first?.value);
      expect(start.elapsed()).toBeGreaterThanOrEqual(first?.dueMs ?? 0);
      model = model.filter((planned) => planned !== first);
    }
    expect(queue.size).toBe(model.length);
  }
});

test("DelayQueue.next: a wait that is given up takes no value", PAUSED, async () => {
  using queue = new DelayQueue<string>();
  queue.insert("value", 10);
  const waiting = task(queue.next());
  waiting.poll();
  waiting[Symbol.dispose]();
  await advance(20);
  expect(waiting.isWoken).toBe(false);
  expect((await queue.next())?.value).toBe("value");
});

test("DelayQueue: a loop ends with the queue, and lets others run", PAUSED, async () => {
  using queue = new DelayQueue<number>();
  const start = Instant.now();
  let others = 0;
  const other = spawn(async () => {
    for (;;) {
      await sleep(0);
      others += 1;
    }
  });
  for (let value = 0; value < 1000; value++) queue.insert(value, 0);
  const values: number[] = [];
  await spawn(async () => {
    for await (const { value, deadline } of queue) {
      values.push(value);
      expect(deadline.since(start)).toBe(0);
    }
  });
  expect(values).toEqual([...values.keys()]);
  expect(values).toHaveLength(1000);
  expect(others).toBeGreaterThan(0);
  other.abort();
});

test("DelayQueue: a wait that has not begun takes nobody else's timer along", PAUSED, async () => {
  using queue = new DelayQueue<number>();
  queue.insert(1, 5);
  using waiting = task(queue.next());
  waiting.poll();
  queue.next()[Symbol.dispose]();
  await sleep(5);
  expect(waiting.isWoken).toBe(true);
});

test("DelayQueue: refuses what is no delay, and keys that it does not know", PAUSED, () => {
  using queue = new DelayQueue<number>();
  using other = new DelayQueue<number>();
  expect(() => queue.insert(1, Number.NaN)).toThrow(RangeError);
  expect(() => queue.insertAt(1, 5 as never)).toThrow("expected an Instant, got 5");
  const key = other.insert(1, 5);
  queue.insert(2, 5);
  expect(queue.remove(key)).toBeUndefined();
  expect(queue.remove(undefined as never)).toBeUndefined();
  expect(() => queue.reset(key, 5)).toThrow("Cannot reset delay: the queue has no entry");
  expect(() => queue.deadline(key)).toThrow("Cannot tell deadline: the queue has no entry");
});
