import { codec, PENDING, Runtime, SendError, spawn, timeout, watch } from "tokiwa";
import { task } from "tokiwa/test";
import { describe, expect, test } from "vitest";
import { collected } from "../support/collected.ts";
import { levelsOff } from "../support/leaks.ts";
import { refused, wrong } from "../support/misuse.ts";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";
import { hold } from "./fixtures/tasks.mjs";

/** What a loop sees, up to the end. */
function listen<T>(values: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  const task = spawn(async () => {
    for await (const value of values) seen.push(value);
    return seen;
  });
  return Promise.resolve(task);
}

describe("a watch", () => {
  test("shows the very value, and the latest of those that come in between", async () => {
    const [first, second, third] = [{}, {}, {}];
    const { sender, receiver } = watch.channel<object>(first);
    expect([sender.borrow() === first, receiver.borrow() === first]).toEqual([true, true]);
    const all = listen(receiver);
    const later = listen(sender.subscribe().values({ skipCurrent: true }));
    await turns();
    sender.send(second);
    sender.send(third);
    await turns();
    expect(sender.sendReplace(first)).toBe(third);
    sender[Symbol.dispose]();
    expect((await all).map((value) => [first, third].indexOf(value))).toEqual([0, 1, 0]);
    expect((await later).map((value) => [first, third].indexOf(value))).toEqual([1, 0]);
  });

  test("begins with a value that was not seen, even if the present one is left out", async () => {
    const { sender, receiver } = watch.channel(1);
    sender.send(2);
    sender[Symbol.dispose]();
    expect(await listen(receiver.values({ skipCurrent: true }))).toEqual([2]);
    expect(await listen(receiver.values({ skipCurrent: true }))).toEqual([]);
    expect(await listen(receiver)).toEqual([2]);
  });

  test("keeps a value that is sent to nobody as it was, but replaces it when told to", async () => {
    const { sender, receiver } = watch.channel("first", codec.string);
    receiver[Symbol.dispose]();
    const error = await rejection((async () => sender.send("lost"))());
    expect(error).toBeInstanceOf(SendError);
    expect([(error as SendError).value, sender.borrow()]).toEqual(["lost", "first"]);
    expect(sender.sendReplace("second")).toBe("first");
    sender.sendModify((value) => `${value}!`);
    expect(sender.sendIfModified(() => false)).toBe(false);
    expect(sender.subscribe().borrow()).toBe("second!");
  });

  test("modifies what another sender has put there meanwhile", () => {
    const { sender, receiver } = watch.channel(1, codec.u32);
    const other = sender.clone();
    const seen: number[] = [];
    sender.sendModify((value) => {
      seen.push(value);
      if (value === 1) other.send(10);
      return value + 1;
    });
    expect([seen, receiver.borrow()]).toEqual([[1, 10], 11]);
    const isChanged = other.sendIfModified((draft) => {
      draft.value *= 2;
      return draft.value > 20;
    });
    expect([isChanged, receiver.borrow()]).toEqual([true, 22]);
  });

  test("is waited for until it has a value that is wanted", async () => {
    const { sender, receiver } = watch.channel(0);
    const isBig = (value: number) => value > 5;
    const waiting = task(receiver.waitFor(isBig));
    expect(waiting.poll()).toBe(PENDING);
    sender.send(3);
    expect([waiting.isWoken, waiting.poll()]).toEqual([true, PENDING]);
    sender.send(6);
    expect([waiting.isWoken, waiting.poll()]).toEqual([true, 6]);
    expect(await receiver.waitFor(isBig)).toBe(6);
    const failing = receiver.waitFor(() => {
      throw new Error("no idea");
    });
    expect(String(await rejection(failing))).toContain("no idea");
  });

  test("loses nothing when a wait is given up", async () => {
    const { sender, receiver } = watch.channel(0);
    await expect(timeout(1, receiver.changed())).rejects.toThrow("have passed");
    const stop = new AbortController();
    const aborted = rejection(receiver.waitFor((value) => value > 9, { signal: stop.signal }));
    await turns();
    stop.abort("enough");
    expect(await aborted).toBe("enough");
    const woken = task(receiver.changed());
    expect(woken.poll()).toBe(PENDING);
    sender.send(1);
    expect(woken.isWoken).toBe(true);
    woken[Symbol.dispose]();
    expect(receiver.hasChanged()).toBe(true);
  });

  test("ends every wait of a receiver that is given up", async () => {
    for (const form of [undefined, codec.u32]) {
      const { sender, receiver } = watch.channel(1, form);
      const other = sender.subscribe();
      const waits = [receiver.changed(), receiver.waitFor((value) => value > 5)].map(rejection);
      const next = spawn(async () => await other.changed());
      await turns();
      receiver[Symbol.dispose]();
      for (const wait of waits) expect(String(await wait)).toContain("the Receiver was disposed");
      sender.send(2);
      await next;
    }
  });

  test("keeps no value that was replaced", async () => {
    const kept = new WeakRef({});
    const { sender, receiver } = watch.channel<object>(kept.deref() as object);
    sender.send({});
    await collected(kept);
    expect(receiver.hasChanged()).toBe(true);
  });

  test("says what is wrong", () => {
    const { sender, receiver } = watch.channel(1, codec.u32);
    refused([
      [
        () => watch.channel(1, wrong({})),
        "TypeError: Cannot make watch: codec must be a codec, got an object",
      ],
      [
        () => sender.send(-1),
        "TypeError: Cannot send: message must be a whole number from 0 to 4294967295, got -1",
      ],
      [
        () => receiver.waitFor(wrong(5)),
        "TypeError: Cannot wait for a value: expected a function, got 5",
      ],
      [
        () => sender.sendModify(wrong(undefined)),
        "TypeError: Cannot modify value: expected a function, got undefined",
      ],
      [
        () => receiver.values(wrong({ skipcurrent: true })),
        "TypeError: Cannot iterate values: " +
          'there is no option "skipcurrent", did you mean "skipCurrent"?',
      ],
    ]);
    expect(receiver.borrow()).toBe(1);
    receiver[Symbol.dispose]();
    expect(() => receiver.borrow()).toThrow("Cannot read value: the Receiver was disposed");
  });

  test("leaves nothing behind, and stays on its worker without a codec", async () => {
    await using runtime = await Runtime.create({ workerThreads: 1 });
    await runtime.run(async () => {
      const { sender: local } = watch.channel(1);
      expect(() => spawn(hold, wrong(local), wrong(undefined))).toThrow(
        "the end of a channel without a codec",
      );
      await levelsOff(runtime.metrics, async () => {
        for (let time = 0; time < 300; time++) {
          const { sender, receiver } = watch.channel("first", codec.string);
          const other = receiver.clone();
          sender.send("second");
          expect(other.borrowAndUpdate() + sender.sendReplace("third")).toBe("secondsecond");
          sender.sendModify((value) => `${value}, changed`);
          await other.changed();
          for (const end of [receiver, sender, other]) end[Symbol.dispose]();
        }
      });
    });
  });
});
