/** Local channels against the simplest model of one: an array, and what is allowed. */
import fc from "fast-check";
import { mpsc, oneshot, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { turns } from "../support/turns.ts";

/** A channel as it should be. */
interface Model {
  readonly capacity: number;
  readonly messages: number[];
  /** Permits that are out. */
  readonly reserved: mpsc.Permit<number>[];
  isClosed: boolean;
  sent: number;
}

type Ends = mpsc.Channel<number>;
type Step = (model: Model, ends: Ends) => void;

const room = ({ capacity, messages, reserved }: Model) =>
  capacity - messages.length - reserved.length;

/** What may be done with a channel at any time, and what must come of it. */
const STEPS: Readonly<Record<string, Step>> = {
  trySend(model, { sender }) {
    const expected = model.isClosed ? "closed" : room(model) > 0 ? "ok" : "full";
    expect(sender.trySend(model.sent)).toBe(expected);
    if (expected === "ok") model.messages.push(model.sent);
    model.sent += 1;
  },
  tryReserve(model, { sender }) {
    if (model.isClosed) {
      expect(() => sender.tryReserve()).toThrow("nobody will receive");
      return;
    }
    const permit = sender.tryReserve();
    expect(permit !== undefined).toBe(room(model) > 0);
    if (permit !== undefined) model.reserved.push(permit);
  },
  sendReserved(model) {
    const permit = model.reserved.shift();
    if (permit === undefined) return;
    permit.send(model.sent);
    model.messages.push(model.sent);
    model.sent += 1;
  },
  dropReserved(model) {
    model.reserved.pop()?.[Symbol.dispose]();
  },
  tryRecv(model, { receiver }) {
    const isOver = model.isClosed && model.reserved.length === 0;
    const none = isOver ? mpsc.Disconnected : mpsc.Empty;
    expect(receiver.tryRecv()).toBe(model.messages.shift() ?? none);
  },
  close(model, { receiver }) {
    receiver.close();
    model.isClosed = true;
  },
};

describe("a local channel", () => {
  test("does what its model does", () => {
    const steps = fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), steps, (capacity, names) => {
        const ends = mpsc.channel<number>(capacity);
        const model: Model = { capacity, messages: [], reserved: [], isClosed: false, sent: 0 };
        for (const name of names) {
          STEPS[name]?.(model, ends);
          expect(ends.receiver.length).toBe(model.messages.length);
          expect(ends.sender.capacity).toBe(room(model));
        }
      }),
    );
  });

  test("brings all that was sent, in the order of each sender, whoever gives up", async () => {
    const plan = fc.record({
      capacity: fc.integer({ min: 1, max: 3 }),
      senders: fc.array(fc.array(fc.boolean(), { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      receives: fc.array(fc.boolean(), { maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ capacity, senders, receives }) => {
        const { sender, receiver } = mpsc.channel<string>(capacity);
        const sent: string[][] = [];
        const sending = senders.map((patience, at) => {
          const mine: string[] = [];
          sent.push(mine);
          const own = sender.clone();
          return spawn(async () => {
            using _end = own;
            for (const [index, isPatient] of patience.entries()) {
              const task = spawn(() => own.send(`${at} ${index}`));
              if (!isPatient) task.abort();
              const isSent = await task.then(
                () => true,
                () => false,
              );
              if (isSent) mine.push(`${at} ${index}`);
            }
          });
        });
        sender[Symbol.dispose]();
        const seen: string[] = [];
        for (const isPatient of receives) {
          const task = spawn(() => receiver.recv());
          if (!isPatient) task.abort();
          const value = await task.then(
            (message) => message,
            () => undefined,
          );
          if (value !== undefined) seen.push(value);
        }
        for await (const value of receiver) seen.push(value);
        await Promise.all(sending);
        for (const [at, mine] of sent.entries()) {
          expect(seen.filter((value) => value.startsWith(`${at} `))).toEqual(mine);
        }
      }),
    );
  });
});

test("a local oneshot brings one message or tells of none, in whatever order", async () => {
  const step = fc.constantFrom("send", "drop", "close", "recv", "tryRecv", "turn");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const { sender, receiver } = oneshot.channel<number>();
      const came: unknown[] = [];
      const waits: PromiseLike<unknown>[] = [];
      let [isSent, isOver, isClosed] = [false, false, false];
      for (const name of steps) {
        if (name === "turn") await turns();
        if (name === "close") {
          receiver.close();
          isClosed = true;
        }
        if (name === "recv" && waits.length === 0) {
          waits.push(
            receiver.recv().then(
              (value) => came.push(value),
              () => {},
            ),
          );
        }
        if (name === "tryRecv" && waits.length === 0) {
          const value = receiver.tryRecv();
          if (typeof value === "number") came.push(value);
        }
        if (isOver || (name !== "send" && name !== "drop")) continue;
        isOver = true;
        if (name === "drop") sender[Symbol.dispose]();
        else isSent = sender.send(7);
        if (name === "send" && came.length === 0 && !receiver.isTerminated) {
          expect(isSent).toBe(!isClosed);
        }
      }
      sender[Symbol.dispose]();
      await Promise.all(waits);
      const last = receiver.tryRecv();
      if (typeof last === "number") came.push(last);
      expect(came).toEqual(isSent ? [7] : []);
    }),
  );
});
