import { describe, expect, test } from "vitest";
import { makeWorld } from "../support/probe.ts";

const RUNNING = 1;
const COMPLETE = 2;
const NOTIFIED = 4;
const JOIN_INTEREST = 8;
const JOIN_WAKER = 16;
const CANCELLED = 32;
const REF = 64;

const world = makeWorld();
const { state } = world.thread(0);
const task = world.worker(0) + 704; // Any word that nobody uses.

const CLAIM = { Poll: 0, Cancel: 1, Skip: 2, Free: 3 };
const SUSPEND = { Idle: 0, Requeue: 1, Cancel: 2, Free: 3 };
const JOINER = { None: 0, Gone: 1, Wake: 2 };
const WAKE = { None: 0, Queue: 1, Free: 2 };
const CANCEL = { TooLate: 0, Marked: 1, Queue: 2 };

/** One row a reachable combination: the word before, the answer, the word after. */
type Row = readonly [before: number, answer: number | undefined, after: number];

function rows(transition: string, table: readonly Row[]): void {
  for (const [before, answer, after] of table) {
    test(`${transition} of ${bits(before)} gives ${answer} and ${bits(after)}`, () => {
      world.write(task, before);
      expect(state[transition](task)).toBe(answer);
      expect(bits(world.read(task))).toBe(bits(after));
    });
  }
}

function traps(transition: string, words: readonly number[]): void {
  for (const word of words) {
    test(`${transition} of ${bits(word)} is a fault`, () => {
      world.write(task, word);
      expect(() => state[transition](task)).toThrow(/state\.ts/);
    });
  }
}

function bits(word: number): string {
  const names = ["RUNNING", "COMPLETE", "NOTIFIED", "INTEREST", "WAKER", "CANCELLED"];
  return [...names.filter((_, bit) => word & (1 << bit)), `${word >>> 6} refs`].join("+");
}

describe("initialize", () => {
  test("makes a queued task: for nobody, for one who waits, for one who may come", () => {
    state.initialize(task, 2, 0);
    expect(bits(world.read(task))).toBe(bits(NOTIFIED | (2 * REF)));
    state.initialize(task, 3, 1);
    expect(bits(world.read(task))).toBe(bits(NOTIFIED | JOIN_INTEREST | JOIN_WAKER | (3 * REF)));
    state.initialize(task, 3, 2);
    expect(bits(world.read(task))).toBe(bits(NOTIFIED | JOIN_INTEREST | (3 * REF)));
  });
});

describe("claim", () => {
  rows("claim", [
    [NOTIFIED | (2 * REF), CLAIM.Poll, RUNNING | (2 * REF)],
    [NOTIFIED | CANCELLED | (2 * REF), CLAIM.Cancel, RUNNING | CANCELLED | (2 * REF)],
    [NOTIFIED | RUNNING | (2 * REF), CLAIM.Skip, NOTIFIED | RUNNING | REF],
    [NOTIFIED | COMPLETE | (2 * REF), CLAIM.Skip, NOTIFIED | COMPLETE | REF],
    [NOTIFIED | COMPLETE | REF, CLAIM.Free, NOTIFIED | COMPLETE],
  ]);
  traps("claim", [2 * REF, RUNNING | REF, NOTIFIED]);
});

describe("suspend", () => {
  rows("suspend", [
    [RUNNING | (2 * REF), SUSPEND.Idle, REF],
    [RUNNING | NOTIFIED | (2 * REF), SUSPEND.Requeue, NOTIFIED | (2 * REF)],
    [RUNNING | CANCELLED | (2 * REF), SUSPEND.Cancel, RUNNING | CANCELLED | (2 * REF)],
    [RUNNING | CANCELLED | NOTIFIED | REF, SUSPEND.Cancel, RUNNING | CANCELLED | NOTIFIED | REF],
    [RUNNING | REF, SUSPEND.Free, 0],
  ]);
  traps("suspend", [2 * REF, NOTIFIED | (2 * REF), COMPLETE | REF]);
});

describe("yieldNow", () => {
  rows("yieldNow", [
    [RUNNING | (2 * REF), SUSPEND.Requeue, NOTIFIED | (2 * REF)],
    [RUNNING | NOTIFIED | (2 * REF), SUSPEND.Requeue, NOTIFIED | (2 * REF)],
    [RUNNING | CANCELLED | (2 * REF), SUSPEND.Cancel, RUNNING | CANCELLED | (2 * REF)],
  ]);
  traps("yieldNow", [NOTIFIED | REF, REF, COMPLETE | REF]);
});

describe("complete", () => {
  const waited = JOIN_INTEREST | JOIN_WAKER;
  rows("complete", [
    [RUNNING | (2 * REF), JOINER.Gone, COMPLETE | (2 * REF)],
    [RUNNING | JOIN_INTEREST | REF, JOINER.None, COMPLETE | JOIN_INTEREST | REF],
    [RUNNING | waited | (3 * REF), JOINER.Wake, COMPLETE | waited | (3 * REF)],
    [RUNNING | NOTIFIED | CANCELLED | REF, JOINER.Gone, COMPLETE | NOTIFIED | CANCELLED | REF],
  ]);
  traps("complete", [REF, NOTIFIED | REF, COMPLETE | REF, RUNNING | COMPLETE | REF]);
});

describe("notify", () => {
  rows("notify", [
    [2 * REF, 1, NOTIFIED | (3 * REF)],
    [CANCELLED | REF, 1, CANCELLED | NOTIFIED | (2 * REF)],
    [RUNNING | (2 * REF), 0, RUNNING | NOTIFIED | (2 * REF)],
    [NOTIFIED | REF, 0, NOTIFIED | REF],
    [COMPLETE | REF, 0, COMPLETE | REF],
    [RUNNING | NOTIFIED | REF, 0, RUNNING | NOTIFIED | REF],
  ]);
  traps("notify", [0, RUNNING]);
});

describe("notifyWith", () => {
  rows("notifyWith", [
    [2 * REF, WAKE.Queue, NOTIFIED | (2 * REF)],
    [REF, WAKE.Queue, NOTIFIED | REF],
    [RUNNING | (2 * REF), WAKE.None, RUNNING | NOTIFIED | REF],
    [NOTIFIED | (2 * REF), WAKE.None, NOTIFIED | REF],
    [COMPLETE | (2 * REF), WAKE.None, COMPLETE | REF],
    [COMPLETE | REF, WAKE.Free, COMPLETE],
  ]);
  traps("notifyWith", [0, RUNNING]);
});

describe("cancel", () => {
  rows("cancel", [
    [2 * REF, CANCEL.Queue, CANCELLED | NOTIFIED | (3 * REF)],
    [NOTIFIED | (2 * REF), CANCEL.Marked, CANCELLED | NOTIFIED | (2 * REF)],
    [RUNNING | (2 * REF), CANCEL.Marked, RUNNING | CANCELLED | NOTIFIED | (2 * REF)],
    [COMPLETE | REF, CANCEL.TooLate, COMPLETE | REF],
    [CANCELLED | RUNNING | REF, CANCEL.TooLate, CANCELLED | RUNNING | REF],
  ]);
  traps("cancel", [0, NOTIFIED, RUNNING]);
});

describe("shutdown", () => {
  rows("shutdown", [
    [2 * REF, 1, RUNNING | CANCELLED | (2 * REF)],
    [NOTIFIED | (2 * REF), 1, RUNNING | CANCELLED | NOTIFIED | (2 * REF)],
    [RUNNING | REF, 0, RUNNING | CANCELLED | REF],
    [COMPLETE | REF, 0, COMPLETE | CANCELLED | REF],
  ]);
  traps("shutdown", [0, NOTIFIED, COMPLETE]);
});

describe("seize", () => {
  rows("seize", [
    [REF, undefined, RUNNING | (2 * REF)],
    [NOTIFIED | (2 * REF), undefined, RUNNING | NOTIFIED | (3 * REF)],
  ]);
  traps("seize", [RUNNING | REF, COMPLETE | REF]);
});

describe("the join waker", () => {
  const waited = JOIN_INTEREST | JOIN_WAKER;
  rows("setJoinWaker", [
    [JOIN_INTEREST | REF, 1, waited | REF],
    [JOIN_INTEREST | COMPLETE | REF, 0, JOIN_INTEREST | COMPLETE | REF],
  ]);
  traps("setJoinWaker", [REF, waited | REF]);
  rows("unsetJoinWaker", [
    [waited | REF, 1, JOIN_INTEREST | REF],
    [waited | COMPLETE | REF, 0, waited | COMPLETE | REF],
  ]);
  traps("unsetJoinWaker", [REF, JOIN_INTEREST | REF]);
  rows("dropJoinInterest", [
    [waited | REF, 1, REF],
    [JOIN_INTEREST | RUNNING | REF, 1, RUNNING | REF],
    [waited | COMPLETE | REF, 0, waited | COMPLETE | REF],
  ]);
  traps("dropJoinInterest", [REF, COMPLETE | REF]);
});

describe("references", () => {
  rows("release", [
    [COMPLETE | (2 * REF), 0, COMPLETE | REF],
    [COMPLETE | REF, 1, COMPLETE],
  ]);
  traps("release", [COMPLETE, 0]);
  rows("releaseTwice", [
    [COMPLETE | (3 * REF), 0, COMPLETE | REF],
    [COMPLETE | (2 * REF), 1, COMPLETE],
  ]);
  traps("releaseTwice", [COMPLETE | REF, COMPLETE]);
  rows("retain", [[RUNNING | REF, undefined, RUNNING | (2 * REF)]]);
  traps("retain", [0]);
});
