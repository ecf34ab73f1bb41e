/** Coordination on real threads, with waits that are given up at any moment. */
import { expect, test } from "vitest";
import { Coordination, type Party, stakeIn } from "../assembly/support/stakes.ts";
import { CoreThreads, forSeconds, SECONDS } from "./support/core-threads.ts";

const TIMEOUT = SECONDS * 1000 + 60_000;
const WORKERS = 4;

/** Runs scenarios, one a worker, on what home has made, and sees that nothing is left. */
async function run(
  seed: number,
  scenarios: readonly string[],
  prepare: (home: Party, all: Coordination) => object,
  check: (home: Party) => void = () => {},
): Promise<void> {
  const all = new Coordination(scenarios.length, { pages: 256 }, [scenarios.length]);
  const [home] = all.parties as [Party];
  const parts = { shared: new SharedArrayBuffer(64 * 4), rounds: 2000, ...prepare(home, all) };
  const plans = scenarios.map((scenario, index) => ({ scenario, index }));
  await (await CoreThreads.start(all.world, plans, seed, parts, "sync-thread")).run();
  check(home);
  all.endsEmpty();
}

const four = (scenario: string) => new Array<string>(WORKERS).fill(scenario);

test("semaphore: conserves its permits", { timeout: TIMEOUT }, () =>
  forSeconds(async (seed) => {
    let semaphore = 0;
    const permits = 3;
    await run(
      seed,
      four("semaphore"),
      (home, all) => {
        semaphore = all.primitiveOf(stakeIn(home.core.semaphoreCreate(permits, 0, home.owner)));
        return { semaphore, permits };
      },
      (home) => expect(home.core.semaphoreAvailable(semaphore)).toBe(permits),
    );
  }),
);
