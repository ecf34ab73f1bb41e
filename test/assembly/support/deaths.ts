/**
 * Kills a thread at every step of something, and looks at what is left each time.
 *
 * @module
 */
import { expect } from "vitest";
import { Killed } from "./kill-points.ts";
import { type Core, MORTAL, MortalRuntime } from "./mortal.ts";

/** What the mortal thread does, and what must have come of it, whether or not it was killed. */
export interface Story {
  act(core: Core): void;
  /** Looks at things as all threads are at rest. */
  check?(wasKilled: boolean): void;
  /** Gives back what the story has taken by itself. */
  end?(): void;
}

const HOURS_MS = 1e7;

/**
 * Tells a story once in peace, and then once for each step at which the thread can be killed.
 * Nothing may be left of it in the end: but a thread may take with it what it had in hand, which is
 * a slot or block of a kind, as it was on its way between a list of free ones and its user.
 */
export function dieEverywhere(tell: (runtime: MortalRuntime) => Story): void {
  const peaceful = liveThrough(tell, Number.POSITIVE_INFINITY);
  let steps = 1;
  // Ends: the story does.
  for (; ; steps++) {
    const ended = liveThrough(tell, steps);
    if (ended.killedAt === undefined) break;
    const where = `killed at step ${steps}: ${ended.killedAt}`;
    const { tasks, waits, ...handles } = ended.living;
    expect([tasks, waits], where).toEqual([0, 0]);
    for (const count of Object.values(handles)) expect([0, 1], where).toContain(count);
    expect(ended.divided, where).toBe(peaceful.divided);
    for (const [kind, free] of peaceful.free) {
      const lost = free - (ended.free.get(kind) ?? 0);
      expect([0, 1], `${kind} lost, ${where}`).toContain(lost);
    }
  }
  expect(steps, "steps").toBeGreaterThan(5);
  expect(Object.values(peaceful.living)).toEqual([0, 0, 0, 0]);
}

function liveThrough(tell: (runtime: MortalRuntime) => Story, steps: number) {
  const runtime = new MortalRuntime();
  const { countdown } = runtime;
  const story = tell(runtime);
  let killedAt: string | undefined;
  countdown.arm(steps);
  try {
    story.act(runtime.cores[MORTAL] as Core);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    killedAt = error.message;
  }
  countdown.disarm();
  try {
    if (killedAt !== undefined) runtime.bury();
    runtime.settle();
    story.check?.(killedAt !== undefined);
    runtime.now += HOURS_MS;
    runtime.settle();
    story.end?.();
    runtime.dropAll();
  } catch (cause) {
    throw new Error(`Went wrong, killed at step ${steps}: ${killedAt}`, { cause });
  }
  const [living, free, divided] = [runtime.living(), runtime.freeSlots(), runtime.divided()];
  return { killedAt, living, free, divided };
}
