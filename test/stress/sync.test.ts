/** Coordination on real threads, with waits that are given up at any moment. */
import { expect, test } from "vitest";
import { SYNC_DONE } from "../../assembly/shared/verdicts.ts";
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

/** Where the scenarios count who has led. */
const LED = 1;
/** Where they read that they are to stop. */
const STOP = 4;
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

test("notify: what one was told is never lost, nor told to two", { timeout: TIMEOUT }, () =>
  forSeconds(async (seed) => {
    let notify = 0;
    await run(
      seed,
      four("notify"),
      (home, all) => {
        notify = all.primitiveOf(stakeIn(home.core.notifyCreate(0, home.owner)));
        home.core.notifyOne(notify);
        return { notify };
      },
      (home) => expect(home.core.notifyWait(notify, 0, home.owner, 1)).toBe(SYNC_DONE),
    );
  }),
);

test("barrier: lets nobody through before all are there", { timeout: TIMEOUT }, () =>
  forSeconds(async (seed) => {
    const shared = new SharedArrayBuffer(64 * 4);
    const rounds = 500;
    await run(seed, four("barrier"), (home, all) => {
      const handle = stakeIn(home.core.notifyCreate(WORKERS, home.owner));
      return { barrier: all.primitiveOf(handle), parties: WORKERS, shared, rounds };
    });
    expect(new Int32Array(shared)[LED]).toBe(rounds);
  }),
);

test.each([0, 1, 5, 64])(
  "channel of %i: loses nothing, keeps the order",
  { timeout: TIMEOUT },
  (n) =>
    forSeconds(async (seed) => {
      await run(seed, ["receive", "send", "send", "send"], (home, all) => {
        const receiver = stakeIn(home.core.channelCreate(n, false, home.owner));
        home.core.stakeMove(receiver, 0);
        return { receiver, channel: all.primitiveOf(receiver), capacity: n, senders: 3 };
      });
    }),
);

test.each(["listen", "watch"])("%s: loses no news", { timeout: TIMEOUT }, (scenario) =>
  forSeconds(async (seed) => {
    await run(seed, ["tell", scenario, scenario, scenario], ({ core, owner }, all) => {
      const isWatch = scenario === "watch";
      const first = BigInt(core.allocate(8));
      const create = isWatch ? core.watchCreate : core.broadcastCreate;
      const sender = stakeIn(create(isWatch ? first : 8, true, owner));
      core.stakeMove(sender, 0);
      const address = all.primitiveOf(sender);
      return { sender, receivers: 3, [isWatch ? "watch" : "broadcast"]: address };
    });
  }),
);

test("workers that are killed give everything back", { timeout: TIMEOUT }, () =>
  forSeconds(async (seed) => {
    const [permits, capacity, kills] = [3, 4, 10];
    const all = new Coordination(WORKERS, { pages: 512 }, [WORKERS]);
    const [home] = all.parties as [Party];
    const { core, owner } = home;
    const semaphore = all.primitiveOf(stakeIn(core.semaphoreCreate(permits, 0, owner)));
    const receiver = stakeIn(core.channelCreate(capacity, false, owner));
    const channel = all.primitiveOf(receiver);
    core.stakeMove(receiver, 0);
    // Keeps the channel there, and open, whoever is dead for the moment.
    stakeIn(core.primitiveOpen(channel, 0, owner));
    const sender = stakeIn(core.senderCreate(channel, owner));
    const shared = new SharedArrayBuffer(64 * 4);
    const parts = { shared, semaphore, permits, receiver, channel, senders: WORKERS - 1 };
    const plans = [{ scenario: "survivor", index: 0 }];
    for (let index = 1; index < WORKERS; index++) plans.push({ scenario: "mortal", index });
    const threads = await CoreThreads.start(all.world, plans, seed, parts, "sync-thread");
    await threads.run(async () => {
      for (let kill = 0; kill < kills; kill++) {
        const plan = { scenario: "mortal", index: 1 + ((seed + kill) % (WORKERS - 1)) };
        await new Promise((wait) => setTimeout(wait, (seed * (kill + 1)) % 7));
        await threads.replace(plan, () => core.workerLost(plan.index, 0, 0, 0, 0));
      }
      Atomics.store(new Int32Array(shared), STOP, 1);
      core.stakeDrop(sender);
    });
    expect(core.semaphoreAvailable(semaphore)).toBe(permits);
    all.endsEmpty();
  }),
);
