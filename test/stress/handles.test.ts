/** Handles between TypeScript and guests, with the workers killed on which the tasks are. */
import {
  type CancellationToken,
  codec,
  type GuestTask,
  mpsc,
  Runtime,
  Semaphore,
  spawn,
} from "tokiwa";
import { beforeAll, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { levelsOff, repeat } from "../support/leaks.ts";
import { seeded } from "../support/random.ts";
import { Victims } from "./support/victims.ts";

const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);
const WORKERS = 4;
const KILLS = 60;

interface Guest {
  readonly double: GuestTask<[mpsc.Receiver<bigint>, mpsc.Sender<bigint>], number>;
  readonly count: GuestTask<[from: number], mpsc.Receiver<number>>;
  readonly cancelledSoon: GuestTask<[], CancellationToken>;
  readonly enterOften: GuestTask<[limit: Semaphore, times: number], number>;
}

let module: URL;
beforeAll(async () => {
  module = await buildFixture("crossing");
}, 120_000);

/** Feeds a task that may die, and hears the end of it whatever happens. */
async function pass(start: (ends: [mpsc.Receiver<bigint>, mpsc.Sender<bigint>]) => unknown) {
  const [there, back] = [mpsc.channel(2, codec.i64), mpsc.channel(2, codec.i64)];
  start([there.receiver, back.sender]);
  const feeding = spawn(function* () {
    try {
      for (let number = 0n; number < 200n; number++) yield* there.sender.send(number);
    } catch {
      // The task is gone.
    }
    there.sender[Symbol.dispose]();
  });
  let next = 0n;
  for await (const number of back.receiver) {
    expect(number).toBe(2n * next);
    next += 1n;
  }
  back.receiver[Symbol.dispose]();
  await feeding;
  return next;
}

test(`no end stays open, and no permit out, as workers die, seed ${SEED}`, async () => {
  using victims = new Victims(WORKERS);
  await using runtime = await Runtime.create({
    workerThreads: WORKERS,
    ...victims.options,
  });
  const guest = await runtime.load<Guest>(module);
  const random = seeded(SEED);
  let whole = 0;
  const quietly = (task: PromiseLike<unknown>) => task.then(undefined, () => {});
  await runtime.run(async () => {
    const limit = new Semaphore(3);
    const killOne = async () => {
      const passes = Array.from({ length: 12 }, () =>
        pass((ends) => quietly(spawn(guest.double, ...ends))),
      );
      const entering = Array.from({ length: 10 }, () => spawn(guest.enterOften, limit, 50));
      const making = Array.from({ length: 10 }, (_, at) =>
        spawn(guest.count, at).then(async (receiver) => {
          while ((await receiver.recv()) !== undefined);
          receiver[Symbol.dispose]();
        }),
      );
      const cancelling = spawn(guest.cancelledSoon).then((token) => token[Symbol.dispose]());
      await new Promise((resolve) => setTimeout(resolve, random() * 20));
      await victims.killOne(random);
      for (const count of await Promise.all(passes)) whole += count === 200n ? 1 : 0;
      await Promise.all([...entering, ...making, cancelling].map(quietly));
      await victims.replaced();
      using _all = await limit.acquire(3);
    };
    await repeat(KILLS, killOne);
    await levelsOff(runtime.metrics, () => repeat(5, killOne));
  });
  expect(whole).toBeGreaterThan(KILLS);
});
