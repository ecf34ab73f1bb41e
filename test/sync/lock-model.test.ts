/** Local mutexes and locks, and semaphores, against one model: permits, and a line for them. */
import fc from "fast-check";
import { type Future, Mutex, RwLock, Semaphore } from "tokiwa";
import { describe, expect, test } from "vitest";
import { turns } from "../support/turns.ts";
import { Waiter } from "../support/waiter.ts";

/** What gives permits, and is compared with the model. */
interface Subject {
  acquire(permits: number): Future<Disposable>;
  tryAcquire(permits: number): Disposable | undefined;
  /** Do all agree, the subject and its model, on what is free? */
  check(model: Model): void;
}

interface Wait {
  readonly permits: number;
  readonly waiter: Waiter<Disposable>;
}

interface Held {
  readonly permits: number;
  readonly guard: Disposable;
}

/** Whoever comes first is served first, and nobody overtakes, however little they want. */
class Model {
  free: number;
  readonly line: Wait[] = [];
  readonly held: Held[] = [];

  constructor(permits: number) {
    this.free = permits;
  }

  canTake(permits: number): boolean {
    return this.line.length === 0 && permits <= this.free;
  }

  /** Serves the line as far as it goes: everybody who is served has a guard by now. */
  async serve(): Promise<void> {
    for (let first = this.line[0]; first && first.permits <= this.free; first = this.line[0]) {
      this.line.shift();
      expect(await first.waiter.isReady()).toBe(true);
      this.hold(first.permits, await first.waiter.value());
    }
    if (this.line[0] !== undefined) expect(await this.line[0].waiter.isReady()).toBe(false);
  }

  hold(permits: number, guard: Disposable): void {
    this.free -= permits;
    this.held.push({ permits, guard });
  }
}

interface Move {
  readonly action: "acquire" | "try" | "cancel" | "release";
  /** Which of those who wait, or of the guards. */
  readonly at: number;
  readonly permits: number;
}

const moves = fc.array(
  fc.record({
    action: fc.constantFrom("acquire", "acquire", "try", "cancel", "release", "release"),
    at: fc.nat(20),
    permits: fc.nat(20),
  }) as fc.Arbitrary<Move>,
  { maxLength: 30 },
);

const takeOut = <T>(list: T[], at: number): T | undefined => list.splice(at % list.length, 1)[0];

/** Makes one move with both, the subject and its model. */
async function make({ action, at }: Move, permits: number, subject: Subject, model: Model) {
  if (action === "acquire") {
    model.line.push({ permits, waiter: await Waiter.of(subject.acquire(permits)) });
  } else if (action === "try") {
    const guard = subject.tryAcquire(permits);
    expect(guard !== undefined).toBe(model.canTake(permits));
    if (guard !== undefined) model.hold(permits, guard);
  } else if (action === "cancel") {
    await takeOut(model.line, at)?.waiter.drop();
  } else {
    const held = takeOut(model.held, at);
    held?.guard[Symbol.dispose]();
    model.free += held?.permits ?? 0;
    await turns();
  }
  await model.serve();
  subject.check(model);
}

/** `amounts` are what may be asked for at a time. */
async function follows(subject: Subject, total: number, amounts: number[], all: Move[]) {
  const model = new Model(total);
  for (const move of all) {
    await make(move, amounts[move.permits % amounts.length] as number, subject, model);
  }
  // From the back, so that nobody is served any more.
  while (model.line.length > 0) await model.line.pop()?.waiter.drop();
  for (const { guard } of model.held) guard[Symbol.dispose]();
  expect(subject.tryAcquire(total)).toBeDefined();
}

describe("a local lock does what its model does", () => {
  test("Mutex", async () => {
    const property = fc.asyncProperty(moves, (all) => {
      const mutex = new Mutex("value");
      const subject: Subject = {
        acquire: () => mutex.lock(),
        tryAcquire: () => mutex.tryLock(),
        check: (model) => expect(mutex.isLocked).toBe(model.held.length > 0),
      };
      return follows(subject, 1, [1], all);
    });
    await fc.assert(property);
  });

  test("RwLock", async () => {
    const property = fc.asyncProperty(moves, fc.integer({ min: 2, max: 5 }), (all, maxReaders) => {
      const lock = new RwLock("value", { maxReaders });
      const isReader = (permits: number) => permits === 1;
      const subject: Subject = {
        acquire: (permits) => (isReader(permits) ? lock.read() : lock.write()),
        tryAcquire: (permits) => (isReader(permits) ? lock.tryRead() : lock.tryWrite()),
        check({ held }) {
          if (held.some(({ permits }) => permits > 1)) expect(held).toHaveLength(1);
        },
      };
      return follows(subject, maxReaders, [1, 1, maxReaders], all);
    });
    await fc.assert(property);
  });

  test("Semaphore", async () => {
    const property = fc.asyncProperty(moves, fc.integer({ min: 1, max: 5 }), (all, total) => {
      const semaphore = new Semaphore(total);
      const subject: Subject = {
        acquire: (permits) => semaphore.acquire(permits),
        tryAcquire: (permits) => semaphore.tryAcquire(permits),
        check: ({ free, line }) =>
          expect(semaphore.availablePermits).toBe(line.length > 0 ? 0 : free),
      };
      const amounts = Array.from({ length: total }, (_, at) => at + 1);
      return follows(subject, total, amounts, all);
    });
    await fc.assert(property);
  });
});
