/**
 * Selections and joins against the rules: whatever opens or fails, in whatever order, each branch
 * ends once, or is given up once, and nothing but the rules decides on the whole.
 */
import fc from "fast-check";
import { type Future, join, PENDING, pollFn, select, tryJoin, type Waker } from "tokiwa";
import { type TestTask, task } from "tokiwa/test";
import { expect, test } from "vitest";

/** A branch that the test opens, or has fail. */
class Gate {
  isOpen = false;
  isFailing = false;
  /** How often it has told a value or a failure, and how often it was given up. */
  ends = 0;
  givenUp = 0;
  readonly future: Future<number>;
  readonly #index: number;
  #waker: Waker | undefined;

  constructor(index: number) {
    this.#index = index;
    this.future = pollFn(
      (waker) => this.#poll(waker),
      () => {
        this.givenUp += 1;
      },
    );
  }

  get isShut(): boolean {
    return !this.isOpen && !this.isFailing;
  }

  /** True if somebody has to be woken. */
  change(how: "isOpen" | "isFailing"): boolean {
    if (!this.isShut) return false;
    this[how] = true;
    const waker = this.#waker;
    waker?.wake();
    return waker !== undefined && this.ends + this.givenUp === 0;
  }

  #poll(waker: Waker): number | typeof PENDING {
    expect([this.ends, this.givenUp]).toEqual([0, 0]);
    this.#waker = waker;
    if (this.isShut) return PENDING;
    this.ends += 1;
    if (this.isFailing) throw this.#index;
    return this.#index;
  }
}

type Outcome = { readonly value: unknown } | { readonly failure: unknown };

/** What the whole has to come to when it is polled now; undefined if it has to wait. */
type Rule = (gates: readonly Gate[], outcome: Outcome | undefined) => void;

const keysWhere = (gates: readonly Gate[], is: (gate: Gate) => boolean) =>
  [...gates.keys()].filter((index) => is(gates[index] as Gate));

const selects =
  (biased: boolean): Rule =>
  (gates, outcome) => {
    const ready = keysWhere(gates, ({ isShut }) => !isShut);
    const may = biased ? ready.slice(0, 1) : ready;
    if (may.length === 0) return expect(outcome).toBe(undefined);
    const { value, failure } = outcome as {
      value?: { key: number; value: number };
      failure?: number;
    };
    const index = value?.key ?? (failure as number);
    expect(may).toContain(index);
    expect(value).toEqual(gates[index]?.isOpen ? { key: index, value: index } : undefined);
  };

const joins: Rule = (gates, outcome) => {
  if (gates.some(({ isShut }) => isShut)) return expect(outcome).toBe(undefined);
  const failing = keysWhere(gates, ({ isFailing }) => isFailing);
  if (failing.length === 0) return expect(outcome).toEqual({ value: [...gates.keys()] });
  const { failure } = outcome as { failure: unknown };
  if (failing.length === 1) return expect(failure).toBe(failing[0]);
  expect([...(failure as AggregateError).errors].sort()).toEqual(failing);
};

const triesToJoin: Rule = (gates, outcome) => {
  const failing = keysWhere(gates, ({ isFailing }) => isFailing);
  if (failing.length === 0) return joins(gates, outcome);
  expect(failing).toContain((outcome as { failure: unknown }).failure);
};

function pollOnce(whole: TestTask<unknown>): Outcome | undefined {
  try {
    const value = whole.poll();
    return value === PENDING ? undefined : { value };
  } catch (failure) {
    return { failure };
  }
}

const moves = fc.array(
  fc.record({
    action: fc.constantFrom("poll", "isOpen", "isFailing", "isOpen"),
    at: fc.nat(20),
  }),
  { maxLength: 20 },
);

const subjects: [string, (futures: Future<number>[]) => Future<unknown>, Rule][] = [
  ["select", (futures) => select(futures), selects(false)],
  ["select, biased", (futures) => select(futures, { biased: true }), selects(true)],
  ["join", (futures) => join(futures), joins],
  ["join, biased", (futures) => join(futures, { biased: true }), joins],
  ["tryJoin", (futures) => tryJoin(futures), triesToJoin],
];

test.each(subjects)("%s keeps to its rules", (_, make, rule) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), moves, (count, script) => {
      const gates = Array.from({ length: count }, (_, index) => new Gate(index));
      using whole = task(make(gates.map(({ future }) => future)));
      let outcome: Outcome | undefined;
      for (const { action, at } of script) {
        if (action === "poll") {
          outcome = pollOnce(whole);
          rule(gates, outcome);
        } else if ((gates[at % count] as Gate).change(action as "isOpen" | "isFailing")) {
          expect(whole.isWoken).toBe(true);
        }
        if (outcome !== undefined) break;
      }
      whole[Symbol.dispose]();
      for (const { ends, givenUp } of gates) expect(ends + givenUp).toBe(1);
    }),
  );
});
