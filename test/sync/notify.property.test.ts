/** Notifies against a model: a line of those who wait, and a permit. */
import fc from "fast-check";
import { Notify } from "tokiwa";
import { PENDING } from "tokiwa/future";
import { type TestTask, task, testWith } from "tokiwa/test";
import { test as base, expect } from "vitest";

const test = testWith(base);

const steps = fc.array(
  fc.record({
    action: fc.constantFrom(
      ...(["make", "wait", "wait", "poll", "drop", "one", "one", "last", "all"] as const),
    ),
    at: fc.nat(9),
  }),
  { maxLength: 60 },
);

/** Who waits, and how it was told: "new" does not stand in line yet. */
interface Wait {
  readonly task: TestTask<void>;
  state: "new" | "waits" | "one" | "last" | "all";
}

class Model {
  readonly notify = new Notify();
  /** In the order in which they came into line, but for the new ones. */
  readonly waits: Wait[] = [];
  hasPermit = false;

  make(): Wait {
    const wait: Wait = { task: task(this.notify.notified()), state: "new" };
    this.waits.push(wait);
    return wait;
  }

  /** Polls, and compares. */
  poll(wait: Wait): void {
    let isReady = wait.state !== "new" && wait.state !== "waits";
    if (wait.state === "new") {
      this.#leave(wait);
      isReady = this.hasPermit;
      this.hasPermit = false;
      if (!isReady) this.waits.push(wait);
      wait.state = "waits";
    } else if (isReady) this.#leave(wait);
    expect(wait.task.poll() !== PENDING).toBe(isReady);
  }

  /** What it was told and has not heard is another's. */
  drop(wait: Wait): void {
    this.#leave(wait);
    wait.task[Symbol.dispose]();
    if (wait.state === "one" || wait.state === "last") this.tell(wait.state);
  }

  tell(way: "one" | "last"): void {
    const inLine = this.waits.filter(({ state }) => state === "waits");
    const chosen = way === "one" ? inLine[0] : inLine.at(-1);
    if (chosen === undefined) this.hasPermit = true;
    else chosen.state = way;
  }

  tellAll(): void {
    for (const wait of this.waits) {
      if (wait.state === "waits" || wait.state === "new") wait.state = "all";
    }
  }

  #leave(wait: Wait): void {
    this.waits.splice(this.waits.indexOf(wait), 1);
  }
}

test("a Notify does what its model does", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const model = new Model();
      for (const { action, at } of all) {
        const chosen = model.waits[at % Math.max(1, model.waits.length)];
        if (action === "make") model.make();
        else if (action === "wait") model.poll(model.make());
        else if (action === "poll" && chosen !== undefined) model.poll(chosen);
        else if (action === "drop" && chosen !== undefined) model.drop(chosen);
        else if (action === "one") {
          model.notify.notifyOne();
          model.tell("one");
        } else if (action === "last") {
          model.notify.notifyLast();
          model.tell("last");
        } else if (action === "all") {
          model.notify.notifyWaiters();
          model.tellAll();
        }
      }
      while (model.waits[0] !== undefined) model.drop(model.waits[0]);
      model.poll(model.make());
      for (const wait of model.waits) wait.task[Symbol.dispose]();
      model.notify[Symbol.dispose]();
    }),
  );
});
