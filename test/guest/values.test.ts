/** Broadcasts, and what else every task gets, between TypeScript and a guest's tasks. */
import {
  Barrier,
  broadcast,
  codec,
  type GuestTask,
  mpsc,
  OnceCell,
  Runtime,
  SetOnce,
  watch,
} from "tokiwa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";

interface Values {
  readonly hear: GuestTask<[broadcast.Receiver<number>, mpsc.Sender<number>], number>;
  readonly tell: GuestTask<[broadcast.Sender<string>, times: number], number>;
  readonly station: GuestTask<[to: number], broadcast.Receiver<number>>;
  readonly atLeast: GuestTask<[watch.Receiver<number>, least: number], number>;
  readonly raise: GuestTask<[watch.Sender<number>, times: number], void>;
  readonly states: GuestTask<[count: number], watch.Receiver<string>>;
  readonly meet: GuestTask<[Barrier, times: number], number>;
  readonly setText: GuestTask<[SetOnce<string>, value: string], boolean>;
  readonly waitText: GuestTask<[SetOnce<string>], string>;
  readonly ask: GuestTask<[OnceCell<number>], number>;
  readonly promised: GuestTask<[value: number], SetOnce<number>>;
}

let runtime: Runtime;
let guest: Values;

beforeAll(async () => {
  runtime = await Runtime.create({ workerThreads: 2 });
  guest = await runtime.load<Values>(await buildFixture("values"));
}, 120_000);

afterAll(() => runtime.shutdown());

/** Runs a test's body inside of the runtime. */
const inside = (body: () => Promise<void>) => () => runtime.run(body);

describe("a broadcast between TypeScript and a guest's task", () => {
  test(
    "is heard by tasks of both, each of which gets all",
    inside(async () => {
      const { sender, receiver } = broadcast.channel(64, codec.i32);
      const missed = mpsc.channel(1, codec.u32);
      const tasks = Array.from({ length: 4 }, () =>
        runtime.spawn(guest.hear, sender.subscribe(), missed.sender.clone()),
      );
      missed.sender[Symbol.dispose]();
      for (let number = 1; number <= 50; number++) expect(sender.send(number)).toBe(5);
      sender[Symbol.dispose]();
      expect(await Promise.all(tasks)).toEqual(tasks.map(() => 1275));
      expect(await missed.receiver.recv()).toBeUndefined();
      let sum = 0;
      for await (const number of receiver) sum += number;
      expect(sum).toBe(1275);
    }),
  );

  test(
    "tells either side what it has missed",
    inside(async () => {
      const { sender, receiver } = broadcast.channel(2, codec.i32);
      for (let number = 1; number <= 5; number++) sender.send(number);
      sender[Symbol.dispose]();
      const missed = mpsc.channel(1, codec.u32);
      const task = runtime.spawn(guest.hear, receiver, missed.sender);
      expect(await missed.receiver.recv()).toBe(3);
      expect(await task).toBe(9);

      const news = broadcast.channel(2, codec.string);
      expect(await runtime.spawn(guest.tell, news.sender, 5)).toBe(1);
      await expect(async () => await news.receiver.recv()).rejects.toMatchObject({ skipped: 3 });
      expect(await news.receiver.recv()).toBe("news 3");
      expect(await news.receiver.recv()).toBe("news 4");
      expect(news.receiver.isClosed).toBe(true);
    }),
  );

  test(
    "may be made by the guest",
    inside(async () => {
      using receiver = await runtime.spawn(guest.station, 3);
      const seen: number[] = [];
      for await (const number of receiver) seen.push(number);
      expect(seen).toEqual([0.5, 1.5, 2.5]);
    }),
  );
});

describe("a watch between TypeScript and a guest's task", () => {
  test(
    "is modified by tasks of both, and none of it is lost",
    inside(async () => {
      const { sender, receiver } = watch.channel(0, codec.i32);
      const waiting = [10, 250, 500].map((least) =>
        runtime.spawn(guest.atLeast, receiver.clone(), least),
      );
      const raising = [100, 200].map((times) => runtime.spawn(guest.raise, sender.clone(), times));
      for (let time = 0; time < 200; time++) sender.sendModify((level) => level + 1);
      await Promise.all(raising);
      expect(await receiver.waitFor((level) => level >= 500)).toBe(500);
      for (const [at, level] of (await Promise.all(waiting)).entries()) {
        expect(level).toBeGreaterThanOrEqual([10, 250, 500][at] as number);
      }
      const vain = runtime.spawn(guest.atLeast, receiver, 501);
      sender[Symbol.dispose]();
      expect(await vain).toBe(-1);
    }),
  );

  test(
    "may be made by the guest",
    inside(async () => {
      using receiver = await runtime.spawn(guest.states, 5);
      const seen: string[] = [];
      for await (const state of receiver) seen.push(state);
      expect(seen.at(-1)).toBe("state 5");
      expect(seen).toEqual([...seen].sort());
    }),
  );
});

describe("what is set once, between TypeScript and a guest's task", () => {
  test(
    "is set by one of them, and read by both",
    inside(async () => {
      const text = new SetOnce(codec.string);
      const reading = runtime.spawn(guest.waitText, text);
      const other = new SetOnce(codec.string);
      const setting = runtime.spawn(guest.setText, other, "from the guest");
      expect(await other.wait()).toBe("from the guest");
      expect([await setting, other.set("late")]).toEqual([true, false]);
      expect(text.set("from here")).toBe(true);
      expect(await reading).toBe("from here");
      expect(await runtime.spawn(guest.setText, text, "late")).toBe(false);
      expect(await (await runtime.spawn(guest.promised, 7)).wait()).toBe(7);
    }),
  );

  test(
    "is made by the first who needs it, on either side",
    inside(async () => {
      const mine = new OnceCell(codec.f64);
      const making = mine.getOrInit(async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return 0.25;
      });
      const made = await Promise.all([making, runtime.spawn(guest.ask, mine)]);
      expect(new Set(made).size).toBe(1);
      const theirs = new OnceCell(codec.f64);
      expect(await runtime.spawn(guest.ask, theirs)).toBe(0.5);
      expect(await theirs.getOrInit(() => 1)).toBe(0.5);
    }),
  );
});

describe("a barrier between TypeScript and a guest's tasks", () => {
  test(
    "has one leader each time",
    inside(async () => {
      const barrier = new Barrier(4);
      const tasks = Array.from({ length: 3 }, () => runtime.spawn(guest.meet, barrier, 20));
      let led = 0;
      for (let time = 0; time < 20; time++) led += Number((await barrier.wait()).isLeader);
      for (const task of tasks) led += await task;
      expect(led).toBe(20);
    }),
  );
});
