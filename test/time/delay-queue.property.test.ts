/** Delay queues against a model: a list of what is due when. */
import fc from "fast-check";
import { type DelayKey, DelayQueue } from "tokiwa";
import { PENDING } from "tokiwa/future";
import { advance, type TestTask, task, testWith } from "tokiwa/test";
import { type Expired, Instant } from "tokiwa/time";
import { test as base, expect } from "vitest";

const test = testWith(base);

const steps = fc.array(
  fc.record({
    action: fc.constantFrom(
      ...(["insert", "insert", "remove", "reset", "advance", "advance", "next", "giveUp"] as const),
      "clear" as const,
    ),
    at: fc.nat(20),
    ms: fc.nat(30),
  }),
  { maxLength: 50 },
);

interface Entry {
  readonly value: number;
  readonly key: DelayKey;
  /** Milliseconds from the beginning. */
  due: number;
}

class Model {
  readonly queue = new DelayQueue<number>();
  readonly start = Instant.now();
  now = 0;
  entries: Entry[] = [];
  /** Who waits for the next value. */
  waiting: TestTask<Expired<number> | undefined> | undefined;
  #inserted = 0;

  /** What is due first; of those that are due at once, what went in first. */
  get first(): Entry | undefined {
    const due = Math.min(...this.entries.map((entry) => entry.due));
    return this.entries.find((entry) => entry.due === due);
  }

  insert(ms: number): void {
    this.#inserted += 1;
    const key = this.queue.insert(this.#inserted, ms);
    this.entries.push({ value: this.#inserted, key, due: this.now + ms });
  }

  takeOut(entry: Entry): void {
    this.entries.splice(this.entries.indexOf(entry), 1);
  }

  /** Asks for the next value, in a new wait or the one that there is. */
  next(): void {
    this.waiting ??= task(this.queue.next());
    const { first } = this;
    const found = this.waiting.poll();
    if (first !== undefined && first.due > this.now) expect(found).toBe(PENDING);
    else {
      expect(found === PENDING ? found : found?.value).toBe(first?.value);
      if (first !== undefined) this.takeOut(first);
      this.waiting = undefined;
    }
  }

  check(): void {
    expect(this.queue.size).toBe(this.entries.length);
    expect(this.queue.peek()).toBe(this.first?.key);
    for (const { key, due } of this.entries) {
      expect(this.queue.deadline(key).since(this.start)).toBe(due);
    }
    // Whoever waits is told in time.
    const { first, waiting } = this;
    const isDue = first === undefined || first.due <= this.now;
    if (waiting !== undefined && isDue) expect(waiting.isWoken).toBe(true);
  }
}

test("a DelayQueue does what its model does", { startPaused: true }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const model = new Model();
      for (const { action, at, ms } of all) {
        const entry = model.entries[at % Math.max(1, model.entries.length)];
        if (action === "insert") model.insert(ms);
        else if (action === "next") model.next();
        else if (action === "giveUp") {
          model.waiting?.[Symbol.dispose]();
          model.waiting = undefined;
        } else if (action === "advance") {
          await advance(ms);
          model.now += ms;
        } else if (action === "clear") {
          model.queue.clear();
          model.entries = [];
        } else if (entry !== undefined && action === "remove") {
          expect(model.queue.remove(entry.key)?.value).toBe(entry.value);
          expect(model.queue.remove(entry.key)).toBeUndefined();
          model.takeOut(entry);
        } else if (entry !== undefined) {
          model.queue.reset(entry.key, ms);
          entry.due = model.now + ms;
        }
        model.check();
      }
      model.waiting?.[Symbol.dispose]();
      model.queue[Symbol.dispose]();
    }),
  );
});
