/** Channels, semaphores, notifies and tokens between TypeScript and a guest's tasks. */
import {
  CancellationToken,
  codec,
  type GuestTask,
  Mutex,
  mpsc,
  Notify,
  oneshot,
  Runtime,
  RwLock,
  Semaphore,
  spawn,
} from "tokiwa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { levelsOff } from "../support/leaks.ts";
import { rejection, until } from "../support/waiting.ts";

type Order = { id: number; isPaid: boolean; price: number };
type Keep = GuestTask<
  [mpsc.Receiver<number>, mpsc.Sender<number> | mpsc.UnboundedSender<number>, Semaphore, Notify],
  void
>;

interface Crossing {
  readonly double: GuestTask<[mpsc.Receiver<bigint>, mpsc.Sender<bigint>], number>;
  readonly takeTwo: GuestTask<[mpsc.Sender<bigint>, mpsc.Sender<bigint>], boolean>;
  readonly measure: GuestTask<[mpsc.Receiver<string>, mpsc.UnboundedSender<number>], void>;
  readonly reverse: GuestTask<[mpsc.Receiver<ArrayBuffer>, mpsc.Sender<ArrayBuffer>], void>;
  readonly pay: GuestTask<[mpsc.Receiver<Order>, mpsc.Sender<Order>], number>;
  readonly answer: GuestTask<[oneshot.Sender<number>, number], boolean>;
  readonly count: GuestTask<[from: number], mpsc.Receiver<number>>;
  readonly enter: GuestTask<[Semaphore, Notify, Notify], boolean>;
  readonly untilCancelled: GuestTask<[CancellationToken, Notify], string>;
  readonly sumUntil: GuestTask<[CancellationToken, mpsc.Receiver<number>], number>;
  readonly cancelledSoon: GuestTask<[], CancellationToken>;
  readonly payOften: GuestTask<[Mutex<Order>, number], void>;
  readonly newOrder: GuestTask<[number], Mutex<Order>>;
  readonly readHalf: GuestTask<[RwLock<number>], number>;
  readonly keep: Keep;
  readonly trap: Keep;
}

const order = codec.struct({ id: codec.u32, isPaid: codec.bool, price: codec.f64 });

let runtime: Runtime;
let guest: Crossing;

beforeAll(async () => {
  runtime = await Runtime.create({ workerThreads: 2 });
  guest = await runtime.load<Crossing>(await buildFixture("crossing"));
}, 120_000);

afterAll(() => runtime.shutdown());

/** Runs a test's body inside of the runtime. */
const inside = (body: () => Promise<void>) => () => runtime.run(body);

/** A stack that begins here. */
const OWN = /^TypeError: .*\n +at \S* ?\(?\S*crossing\.test\.ts/;

describe("a channel between TypeScript and a guest's task", () => {
  test(
    "carries numbers both ways, in order and with a limit",
    inside(async () => {
      const numbers = mpsc.channel(4, codec.i64);
      const doubled = mpsc.channel(2, codec.i64);
      const task = runtime.spawn(guest.double, numbers.receiver, doubled.sender);
      const seen: bigint[] = [];
      const reading = runtime.spawn(async () => {
        for await (const number of doubled.receiver) seen.push(number);
      });
      for (let number = -50n; number < 50n; number++) await numbers.sender.send(number);
      numbers.sender[Symbol.dispose]();
      expect(await task).toBe(100);
      await reading;
      expect(seen).toEqual(Array.from({ length: 100 }, (_, at) => BigInt(at - 50) * 2n));
    }),
  );

  test(
    "carries text, bytes and objects",
    inside(async () => {
      const texts = mpsc.unboundedChannel(codec.string);
      const lengths = mpsc.unboundedChannel(codec.u32);
      runtime.spawn(guest.measure, texts.receiver, lengths.sender).detach();
      texts.sender.send("");
      texts.sender.send("wörld 🌍");
      expect([await lengths.receiver.recv(), await lengths.receiver.recv()]).toEqual([0, 8]);

      const parts = mpsc.channel(1, codec.buffer);
      const reversed = mpsc.channel(1, codec.buffer);
      runtime.spawn(guest.reverse, parts.receiver, reversed.sender).detach();
      await parts.sender.send(Uint8Array.of(1, 2, 3).buffer);
      const bytes = await reversed.receiver.recv();
      expect([...new Uint8Array(bytes as ArrayBuffer)]).toEqual([3, 2, 1]);

      const orders = mpsc.channel(8, order);
      const paid = mpsc.channel(8, order);
      const task = runtime.spawn(guest.pay, orders.receiver, paid.sender);
      await orders.sender.send({ id: 7, isPaid: false, price: 1.5 });
      await orders.sender.send({ id: 8, isPaid: false, price: 2 });
      orders.sender[Symbol.dispose]();
      expect(await task).toBe(3.5);
      expect(await paid.receiver.recvMany(3)).toEqual([
        { id: 7, isPaid: true, price: 1.5 },
        { id: 8, isPaid: true, price: 2 },
      ]);
      expect(await paid.receiver.recv()).toBeUndefined();
      for (const { sender, receiver } of [texts, parts]) {
        sender[Symbol.dispose]();
        receiver[Symbol.dispose]();
      }
    }),
  );

  test(
    "brings one answer",
    inside(async () => {
      const { sender, receiver } = oneshot.channel(codec.f64);
      const task = runtime.spawn(guest.answer, sender, 0.25);
      expect(await receiver.recv()).toBe(0.25);
      expect(await task).toBe(true);
      const unheard = oneshot.channel(codec.f64);
      unheard.receiver[Symbol.dispose]();
      expect(await runtime.spawn(guest.answer, unheard.sender, 1)).toBe(false);
    }),
  );

  test(
    "may be made by the guest",
    inside(async () => {
      for (let from = 0; from < 20; from++) {
        using receiver = await runtime.spawn(guest.count, from);
        const seen: number[] = [];
        for await (const number of receiver) seen.push(number);
        expect(seen).toEqual([from, from + 1, from + 2]);
      }
    }),
  );

  test(
    "is refused where it does not fit, and stays as it was",
    inside(async () => {
      const numbers = mpsc.channel(1, codec.i64);
      const texts = mpsc.channel(1, codec.string);
      const local = mpsc.channel<bigint>(1);
      const refused = (...ends: unknown[]) => {
        const spawn = runtime.spawn as (...args: unknown[]) => unknown;
        return () => spawn.call(runtime, guest.double, ...ends);
      };
      expect(refused(numbers.receiver, texts.sender)).toThrow(
        'Cannot spawn task "double": argument 2 must be mpsc.Sender<i64>, got mpsc.Sender<string>',
      );
      expect(refused(local.receiver, numbers.sender)).toThrow(
        "argument 1 must be mpsc.Receiver<i64>, got mpsc.Receiver<any value, as it has no codec>",
      );
      expect(refused(numbers.sender, numbers.sender)).toThrow("got mpsc.Sender<i64>");
      expect(refused(5n, numbers.sender)).toThrow("argument 1 must be mpsc.Receiver<i64>, got 5n");
      expect(refused(5)).toThrow('Cannot spawn task "double": it takes 2 arguments, got 1');
      expect(refused(5)).toThrow(expect.objectContaining({ stack: expect.stringMatching(OWN) }));
      expect(() => runtime.spawn(guest.takeTwo, numbers.sender, numbers.sender)).toThrow(
        'Cannot spawn task "takeTwo": argument 2 is a Sender that has moved',
      );
      await numbers.sender.send(5n);
      expect(await numbers.receiver.recv()).toBe(5n);

      runtime.spawn(guest.double, numbers.receiver, numbers.sender.clone()).abort();
      expect(() => numbers.receiver.tryRecv()).toThrow(
        "Cannot receive: the Receiver has moved to another task",
      );
      expect(refused(numbers.receiver, numbers.sender)).toThrow(
        'Cannot spawn task "double": argument 1 is a Receiver that has moved',
      );
    }),
  );
});

describe("a guest's task", () => {
  test(
    "shares semaphores and notifies with TypeScript",
    inside(async () => {
      const limit = new Semaphore(1);
      const [entered, leave] = [new Notify(), new Notify()];
      const permit = await limit.acquire();
      const task = runtime.spawn(guest.enter, limit, entered, leave);
      const isInside = entered.notified();
      permit[Symbol.dispose]();
      await isInside;
      expect(limit.tryAcquire()).toBeUndefined();
      leave.notifyOne();
      expect(await task).toBe(true);
      expect(limit.availablePermits).toBe(1);
      const closing = runtime.spawn(guest.enter, limit, entered, leave);
      limit.close();
      leave.notifyOne();
      await closing;
    }),
  );

  test(
    "shares locks with TypeScript, and what they guard",
    inside(async () => {
      const mutex = new Mutex({ id: 7, isPaid: false, price: 0 }, order);
      const times = 200;
      const pay = async () => {
        for (let time = 0; time < times; time++) {
          using guard = await mutex.lock();
          guard.value.price += 1;
        }
      };
      const tasks = [1, 2].map(() => runtime.spawn(guest.payOften, mutex, times));
      await Promise.all([...tasks, spawn(pay)]);
      expect(mutex.intoInner()).toEqual({ id: 7, isPaid: true, price: 3 * times });

      const made = await runtime.spawn(guest.newOrder, 9);
      await runtime.spawn(guest.payOften, made, 1);
      using guard = await made.lock();
      expect(guard.value).toMatchObject({ id: 9, isPaid: true, price: 1 });
      const lock = new RwLock(5, { codec: codec.f64 });
      expect(await runtime.spawn(guest.readHalf, lock)).toBe(2.5);
    }),
  );

  test(
    "is refused locks that it does not know",
    inside(async () => {
      const refused = (task: unknown, lock: unknown) => {
        const spawn = runtime.spawn as (...args: unknown[]) => unknown;
        return () => spawn.call(runtime, task, lock, 1);
      };
      expect(refused(guest.payOften, new Mutex(1, codec.f64))).toThrow(
        "argument 1 must be Mutex<{ id: u32, isPaid: bool, price: f64 }>, got Mutex<f64>",
      );
      const limited = new RwLock(5, { codec: codec.f64, maxReaders: 2 });
      expect(() => runtime.spawn(guest.readHalf, limited)).toThrow(
        "argument 1 must be RwLock<f64>, got RwLock<f64, 2>",
      );
      expect(() => runtime.spawn(guest.readHalf, new RwLock(5))).toThrow(
        "got RwLock<any value, as it has no codec>",
      );
    }),
  );

  test(
    "is cancelled by a token, and cancels one",
    inside(async () => {
      const [token, ready] = [new CancellationToken(), new Notify()];
      const tasks = Array.from({ length: 5 }, () =>
        runtime.spawn(guest.untilCancelled, token.childToken(), ready),
      );
      await ready.notified();
      token.cancel();
      expect(await Promise.all(tasks)).toEqual(tasks.map(() => "true true"));
      const stop = new CancellationToken();
      const { sender, receiver } = mpsc.unboundedChannel(codec.i32);
      const sum = runtime.spawn(guest.sumUntil, stop, receiver);
      for (let number = 1; number <= 10; number++) sender.send(number);
      stop.cancel();
      expect(await sum).toBe(55);
      const soon = await runtime.spawn(guest.cancelledSoon);
      await soon.cancelled();
      expect(soon.isCancelled).toBe(true);
    }),
  );

  test.each(["abort", "trap", "unbegun"] as const)(
    "gives up all handles at its end: %s",
    async (how) =>
      runtime.run(async () => {
        const there = mpsc.channel(1, codec.i32);
        const back = mpsc.unboundedChannel(codec.i32);
        const [limit, ready] = [new Semaphore(1), new Notify()];
        const body = how === "trap" ? guest.trap : guest.keep;
        const task = runtime.spawn(body, there.receiver, back.sender, limit, ready);
        const end = rejection(task);
        if (how !== "unbegun") await ready.notified();
        if (how === "trap") await there.sender.send(1);
        else task.abort();
        await end;
        while ((await back.receiver.recv()) !== undefined);
        await there.sender.closed();
        using _permit = await limit.acquire();
        expect(there.sender.trySend(1)).toBe("closed");
        there.sender[Symbol.dispose]();
        back.receiver[Symbol.dispose]();
      }),
  );

  test(
    "leaves nothing behind",
    inside(async () => {
      const tell = async (times: number) => {
        for (let time = 0; time < times; time++) {
          using receiver = await runtime.spawn(guest.count, time);
          await receiver.recv();
          // Its value comes too late for anybody.
          const late = runtime.spawn(guest.count, time);
          late.abort();
          await late.then((other) => other[Symbol.dispose]()).then(undefined, () => {});
          using token = await runtime.spawn(guest.cancelledSoon);
          using child = token.childToken();
          await child.cancelled();
        }
      };
      await levelsOff(runtime.metrics, async () => {
        await tell(300);
        await until(() => runtime.metrics.aliveTasks <= 1);
      });
    }),
  );
});
