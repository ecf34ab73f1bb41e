/** Handles that portable tasks of other workers get, and give. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Worker } from "node:worker_threads";
import { CancellationToken, codec, mpsc, Notify, oneshot, Runtime, Semaphore, spawn } from "tokiwa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import {
  answer,
  countFrom,
  double,
  enter,
  hold,
  holdAll,
  untilCancelled,
} from "./fixtures/tasks.mjs";

const threads: Worker[] = [];
const onThread = (message: unknown) => threads.push((message as { worker: Worker }).worker);

let runtime: Runtime;
beforeAll(async () => {
  subscribe("worker_threads", onThread);
  runtime = await Runtime.create({ workerThreads: 2 });
});
afterAll(async () => {
  unsubscribe("worker_threads", onThread);
  await runtime.shutdown();
});

const inside = (body: () => Promise<void>) => () => runtime.run(body);

describe("a handle that a portable task gets", () => {
  test(
    "is an end of a channel, which moves",
    inside(async () => {
      const numbers = mpsc.channel(2, codec.f64);
      const doubled = mpsc.unboundedChannel(codec.structured<number>());
      const task = spawn(double, numbers.receiver, doubled.sender as never);
      for (let number = 0; number < 50; number++) await numbers.sender.send(number);
      numbers.sender[Symbol.dispose]();
      await task;
      const seen = await doubled.receiver.recvMany(100);
      expect(seen).toEqual(Array.from({ length: 50 }, (_, at) => 2 * at));
      expect(() => numbers.receiver.close()).toThrow("the Receiver has moved to another task");
    }),
  );

  test(
    "asks and answers",
    inside(async () => {
      const [request, reply] = [oneshot.channel(codec.string), oneshot.channel(codec.string)];
      spawn(answer, request.receiver, reply.sender).detach();
      request.sender.send("ping");
      expect(await reply.receiver.recv()).toBe("ping!");
    }),
  );

  test(
    "is shared, if it is a semaphore or a token",
    inside(async () => {
      const limit = new Semaphore(2);
      const { sender, receiver } = mpsc.channel(8, codec.i32);
      const tasks = Array.from({ length: 4 }, () => spawn(enter, limit, sender.clone()));
      sender[Symbol.dispose]();
      let [inside, most] = [0, 0];
      for await (const step of receiver) {
        inside += step;
        most = Math.max(most, inside);
      }
      await Promise.all(tasks);
      expect(inside).toBe(0);
      expect(most).toBeLessThanOrEqual(2);
      expect(limit.availablePermits).toBe(2);

      const [token, ready] = [new CancellationToken(), new Notify()];
      const waiting = spawn(untilCancelled, token, ready);
      await ready.notified();
      token.cancel();
      expect(await waiting).toBe(true);
    }),
  );

  test(
    "comes back as a value",
    inside(async () => {
      using receiver = (await spawn(countFrom, 5)) as mpsc.Receiver<number>;
      expect(await receiver.recvMany(9)).toEqual([5, 6, 7]);
    }),
  );

  test(
    "is given up with a task that does not begin, or whose worker dies",
    inside(async () => {
      const early = mpsc.channel(1, codec.u32);
      const task = spawn(hold, early.sender, new Notify());
      const end = rejection(task);
      task.abort();
      await end;
      expect(await early.receiver.recv()).toBeUndefined();

      const late = mpsc.channel(1, codec.u32);
      const ready = new Notify();
      const lost = rejection(spawn(hold, late.sender, ready));
      await ready.notified();
      await Promise.all(threads.splice(0).map((thread) => thread.terminate()));
      expect(await lost).toMatchObject({ isWorkerLost: true });
      expect(await late.receiver.recv()).toBeUndefined();
    }),
  );

  test(
    "is closed for all others when its worker dies, whichever end it is",
    inside(async () => {
      const [kept, lost] = [mpsc.channel(1, codec.u32), mpsc.unboundedChannel(codec.string)];
      const [asked, told] = [oneshot.channel(codec.u32), oneshot.channel(codec.u32)];
      kept.sender.trySend(1);
      const ready = new Notify();
      const ends = [kept.receiver, lost.sender, asked.sender, told.receiver] as const;
      const end = rejection(spawn(holdAll, ready, ...ends));
      await ready.notified();
      const waits = [kept.sender.send(2), asked.receiver.recv()].map((wait) => rejection(wait));
      const closes = [lost.receiver.recv(), told.sender.closed()].map((wait) => wait.then());
      await Promise.all(threads.splice(0).map((thread) => thread.terminate()));
      expect(await end).toMatchObject({ isWorkerLost: true });
      const [unsent, unasked] = await Promise.all(waits);
      expect(String(unsent)).toContain("nobody will receive it");
      expect(String(unasked)).toContain("the sender is gone");
      expect(await Promise.all(closes)).toEqual([undefined, undefined]);
      expect(told.sender.send(1)).toBe(false);
    }),
  );

  test(
    "cannot leave its worker without a codec, or its runtime",
    inside(async () => {
      const { sender } = mpsc.channel<number>(1);
      expect(() => spawn(hold, sender as never, new Notify())).toThrow(
        "the end of a channel without a codec",
      );
      await using other = await Runtime.create({ workerThreads: 1 });
      const foreign = mpsc.channel(1, codec.u32);
      expect(() => other.spawn(hold, foreign.sender, new Notify())).toThrow(
        "a Sender of another runtime",
      );
      expect(foreign.sender.trySend(1)).toBe("ok");
    }),
  );
});
