/**
 * Stories that tasks of four workers act out again and again, each time with other numbers.
 *
 * @module
 */
import { Runtime } from "tokiwa";
import { afterAll, beforeAll, test } from "vitest";
import { levelsOff, repeat } from "../../support/leaks.ts";
import { seeded } from "../../support/random.ts";
import { until } from "../../support/waiting.ts";

export const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);
export const WORKERS = 4;

/** What each round draws. */
export interface Draw {
  below(limit: number): number;
  seed(): number;
}

/** A runtime for the calling file. What it returns acts so many rounds, and leaves nothing. */
export function storiesOf(rounds: number) {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await Runtime.create({ workerThreads: WORKERS });
  });
  afterAll(() => runtime.shutdown());

  return (name: string, round: (draw: Draw) => Promise<void>): void => {
    test(`${name}, seed ${SEED}`, { timeout: 120_000 }, async () => {
      const random = seeded(SEED);
      const below = (limit: number) => Math.floor(random() * limit);
      const draw = { below, seed: () => below(2 ** 31) };
      const act = () => runtime.run(() => round(draw));
      await repeat(rounds, act);
      await levelsOff(runtime.metrics, act);
      await until(() => runtime.metrics.aliveTasks === 0 && runtime.metrics.pendingWaits === 0);
    });
  };
}
