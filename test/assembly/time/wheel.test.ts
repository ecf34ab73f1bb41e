import { describe, expect, test } from "vitest";
import { WAITER_STATE, WORKER_WAITERS_LIVE } from "../../../assembly/shared/layout.ts";
import { WAITER_FIRED, WAITER_QUEUED } from "../../../assembly/shared/verdicts.ts";
import { randomFrom } from "../fixtures/instance.mjs";
import { makeWorld } from "../support/probe.ts";

function makeClock() {
  const world = makeWorld();
  const rooms = world.thread(0);
  return {
    world,
    arm: (deadline: number, token: number): number => rooms.index.timerArm(deadline, token * 2 + 1),
    reset: (timer: number, deadline: number, token: number): number =>
      rooms.index.timerReset(timer, deadline, token * 2 + 1),
    drop: (timer: number): void => rooms.index.waiterDrop(timer),
    next: (): number => rooms.driver.nextDeadline(),
    live: (): number => world.read(world.worker(0) + WORKER_WAITERS_LIVE),
    /** The tokens that fire as the clock goes to `now`, in their order. */
    advance(now: number): number[] {
      rooms.driver.advance(now);
      const fired: number[] = [];
      for (;;) {
        const node = rooms.pinned.pop(world.worker(0)) >>> 0;
        if (node === 0) return fired;
        const token = rooms.waiter.deliver(node & ~7) >>> 0;
        if (token !== 0xffff_ffff) fired.push(token);
      }
    },
  };
}

/** Goes from one next deadline to the next, as a parked worker does; tokens with their time. */
function run(clock: ReturnType<typeof makeClock>, until: number): [number, number][] {
  const fired: [number, number][] = [];
  for (let at = clock.next(); at <= until && at !== Infinity; at = clock.next()) {
    for (const token of clock.advance(at)) fired.push([at, token]);
  }
  return fired;
}

describe("the wheel", () => {
  test("fires each timer at its tick, over all levels", () => {
    const clock = makeClock();
    const deadlines = [1, 63, 64, 65, 4095, 4096, 262_143, 262_144, 2 ** 24, 2 ** 30, 2 ** 36 - 1];
    for (const deadline of [...deadlines].reverse()) clock.arm(deadline, deadline % 65_521);
    expect(run(clock, Infinity)).toEqual(
      deadlines.map((deadline) => [deadline, deadline % 65_521]),
    );
    expect(clock.next()).toBe(Infinity);
  });

  test("fires at once what is due, and rounds up what is not whole", () => {
    const clock = makeClock();
    clock.advance(1000);
    clock.arm(999.5, 1);
    clock.arm(-5, 2);
    clock.arm(Number.NaN, 3);
    clock.arm(1000.001, 4);
    expect(clock.advance(1000.9)).toEqual([1, 2, 3]);
    expect(clock.advance(1001)).toEqual([4]);
  });

  test("fires timers of one tick in the order in which they were armed", () => {
    const clock = makeClock();
    clock.arm(5000, 1);
    clock.advance(100);
    clock.arm(5000, 2);
    clock.advance(4990);
    clock.arm(5000, 3);
    clock.arm(4999, 0);
    expect(clock.advance(6000)).toEqual([0, 1, 2, 3]);
  });

  test("keeps deadlines beyond its range, without holding up the others", () => {
    const clock = makeClock();
    clock.advance(5);
    // One round of the top level ahead, in the very slot in which the wheel stands.
    clock.arm(2 ** 36 + 3, 1);
    clock.arm(2 ** 31, 2);
    clock.arm(9.4e11, 3);
    clock.arm(Number.MAX_VALUE, 4);
    expect(clock.next()).toBe(2 ** 31);
    expect(run(clock, 1e12)).toEqual([
      [2 ** 31, 2],
      [2 ** 36 + 3, 1],
      [9.4e11, 3],
    ]);
  });

  test("moves and drops timers in every state", () => {
    const clock = makeClock();
    const armed = clock.arm(100, 1);
    expect(clock.reset(armed, 50, 2)).toBe(armed);
    expect(clock.advance(49)).toEqual([]);
    const queued = clock.arm(10, 3);
    expect(clock.world.read(queued + WAITER_STATE)).toBe(WAITER_QUEUED);
    const moved = clock.reset(queued, 60, 4);
    expect(moved).not.toBe(queued);
    expect(clock.advance(55)).toEqual([2]);
    expect(clock.world.read(armed + WAITER_STATE)).toBe(WAITER_FIRED);
    const again = clock.reset(armed, 58, 5);
    clock.drop(moved);
    expect(clock.advance(100)).toEqual([5]);
    clock.drop(again);
    expect(clock.live()).toBe(0);
    expect(clock.next()).toBe(Infinity);
  });

  test("agrees with a naive model", { timeout: 60_000 }, () => {
    const seed = Number(process.env.TOKIWA_SEED ?? Date.now());
    console.log(`seed ${seed}`);
    const below = randomFrom(seed);
    for (let round = 0; round < 30; round++) agree(below, `seed ${seed}, round ${round}`);
  });
});

interface Model {
  readonly token: number;
  deadline: number;
  timer: number;
  order: number;
}

/** A thousand random steps; fails as soon as wheel and model differ. */
function agree(below: (bound: number) => number, where: string): void {
  const clock = makeClock();
  const live = new Map<number, Model>();
  let now = 0;
  let order = 0;
  const delay = () => below(2 ** (1 + below(30))) * (below(20) === 0 ? 64 * 2 ** below(12) : 1);
  for (let step = 0; step < 1000; step++) {
    const some = [...live.values()][below(Math.max(1, live.size))];
    const choice = below(10);
    if (choice < 4) {
      const deadline = now + 1 + delay();
      live.set(step, { token: step, deadline, timer: clock.arm(deadline, step), order: order++ });
    } else if (choice < 5 && some) {
      clock.drop(some.timer);
      live.delete(some.token);
    } else if (choice < 6 && some) {
      some.deadline = now + 1 + delay();
      some.order = order++;
      some.timer = clock.reset(some.timer, some.deadline, some.token);
    } else {
      now += choice < 9 ? delay() : Math.max(0, Math.min(clock.next(), 1e13) - now);
      const due = [...live.values()]
        .filter(({ deadline }) => deadline <= now)
        .sort((a, b) => a.deadline - b.deadline || a.order - b.order);
      expect(clock.advance(now), where).toEqual(due.map(({ token }) => token));
      for (const { token, timer } of due) {
        live.delete(token);
        clock.drop(timer);
      }
    }
    const earliest = Math.min(Infinity, ...[...live.values()].map(({ deadline }) => deadline));
    expect(clock.next(), where).toBeLessThanOrEqual(earliest);
    expect(clock.next(), where).toBeGreaterThan(now);
    expect(clock.live(), where).toBe(live.size);
  }
}
