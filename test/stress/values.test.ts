/**
 * Broadcasts, watches, barriers and what is set once, among tasks of four workers that give their
 * waits up at any moment: against what must come of it in any case.
 */
import { Barrier, broadcast, codec, OnceCell, Runtime, SetOnce, spawn, watch } from "tokiwa";
import { expect, test } from "vitest";
import { levelsOff, repeat } from "../support/leaks.ts";
import { seeded } from "../support/random.ts";
import { arrive, follow, hear, obtain, raise, settle, tell } from "./fixtures/values-tasks.mjs";
import { SEED, storiesOf, WORKERS } from "./support/stories.ts";
import { Victims } from "./support/victims.ts";

const KILLS = 8;

const story = storiesOf(30);

const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

story("a broadcast is heard in order, and what is lost is told", async ({ below, seed }) => {
  const { sender, receiver } = broadcast.channel(1 + below(64), codec.u32);
  const count = 1 + below(200);
  const others = many(1 + below(8), () => sender.subscribe());
  const hearing = [receiver, ...others].map((each) => spawn(hear, each, count, seed()));
  await spawn(tell, sender, count, seed());
  for (const lost of await Promise.all(hearing)) {
    expect(lost).toEqual(expect.any(Number));
    expect(lost).toBeLessThanOrEqual(count);
  }
});

story("a watch loses no change, and never goes back", async ({ below, seed }) => {
  const { sender, receiver } = watch.channel(0, codec.u32);
  const times = 1 + below(100);
  const following = many(1 + below(8), () => spawn(follow, receiver.clone(), seed()));
  const raising = many(1 + below(4), () => spawn(raise, sender.clone(), times, seed()));
  sender[Symbol.dispose]();
  await Promise.all(raising);
  const total = times * raising.length;
  expect(await Promise.all(following)).toEqual(following.map(() => total));
  expect(receiver.borrow()).toBe(total);
  receiver[Symbol.dispose]();
});

story("a barrier has one leader for as many as it wants", async ({ below, seed }) => {
  const parties = 1 + below(8);
  const barrier = new Barrier(parties);
  const times = 1 + below(50);
  const arriving = many(parties, () => spawn(arrive, barrier, times, seed()));
  const led = await Promise.all(arriving);
  expect(led.reduce((sum, each) => sum + each)).toBe(times);
  barrier[Symbol.dispose]();
});

story("a cell is made once", async ({ below, seed }) => {
  const cell = new OnceCell(codec.u32);
  const obtaining = many(1 + below(20), (at) => spawn(obtain, cell, at, seed()));
  const [first, ...others] = await Promise.all(obtaining);
  expect(others).toEqual(others.map(() => first));
  expect(cell.intoInner()).toBe(first);
});

story("what is set once is set by one", async ({ below, seed }) => {
  const once = new SetOnce(codec.string);
  const settling = many(1 + below(20), (at) => spawn(settle, once, `value ${at}`, seed()));
  const own = once.set("the test's");
  const settled = await Promise.all(settling);
  const value = once.get() as string;
  expect(settled.map(([, seen]) => seen)).toEqual(settled.map(() => value));
  expect(settled.filter(([wasFirst]) => wasFirst)).toHaveLength(own ? 0 : 1);
  once[Symbol.dispose]();
});

test(`what workers have dies with them, and no more, seed ${SEED}`, async () => {
  using victims = new Victims(WORKERS);
  await using mortal = await Runtime.create({ workerThreads: WORKERS, ...victims.options });
  const random = seeded(SEED);
  const seed = () => Math.floor(random() * 2 ** 31);
  const round = async () => {
    const level = watch.channel(0, codec.u32);
    const cells = many(4, () => new OnceCell(codec.u32));
    const news = broadcast.channel(8, codec.u32);
    const tasks = [
      ...many(4, () => spawn(hear, news.sender.subscribe(), 1e4, seed())),
      ...many(4, () => spawn(tell, news.sender.clone(), 200, seed())),
      ...many(4, () => spawn(follow, level.receiver.clone(), seed())),
      ...many(4, () => spawn(raise, level.sender.clone(), 200, seed())),
      ...cells.flatMap((cell) => many(4, (at) => spawn(obtain, cell, at, seed()))),
    ];
    const ended = Promise.allSettled(tasks.map((task) => Promise.resolve<unknown>(task)));
    news.sender[Symbol.dispose]();
    level.sender[Symbol.dispose]();
    await victims.replaced(); // The first time: all have begun.
    await new Promise((resolve) => setTimeout(resolve, random() * 20));
    await victims.killOne(random);
    await ended;
    // All senders are gone, whether their tasks have ended or their workers have died.
    expect(news.receiver.isClosed).toBe(true);
    await level.receiver.waitFor(() => false).catch((error) => error);
    for (const cell of cells) expect(await cell.getOrInit(() => 9)).toEqual(expect.any(Number));
    for (const each of [news.receiver, level.receiver, ...cells]) {
      each[Symbol.dispose]();
    }
  };
  const killOne = async () => {
    await mortal.run(round);
    await victims.replaced();
  };
  await repeat(KILLS, killOne);
  await levelsOff(mortal.metrics, () => repeat(5, killOne));
});
