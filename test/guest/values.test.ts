/** Broadcasts, and what else every task gets, between TypeScript and a guest's tasks. */
import { broadcast, codec, type GuestTask, mpsc, Runtime } from "tokiwa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";

interface Values {
  readonly hear: GuestTask<[broadcast.Receiver<number>, mpsc.Sender<number>], number>;
  readonly tell: GuestTask<[broadcast.Sender<string>, times: number], number>;
  readonly station: GuestTask<[to: number], broadcast.Receiver<number>>;
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
