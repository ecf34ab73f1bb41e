import {
  broadcast,
  interval,
  JoinError,
  JoinSet,
  mpsc,
  select,
  sleep,
  spawn,
  yieldNow,
} from "tokiwa";
import { TcpListener, TcpStream } from "tokiwa/net";
import {
  BroadcastStream,
  from,
  iter,
  JoinSetStream,
  once,
  pending,
  pollFn,
  ReceiverStream,
  Stream,
  StreamMap,
  TcpListenerStream,
  toWritable,
} from "tokiwa/stream";
import { mockStream, testWith } from "tokiwa/test";
import { Instant } from "tokiwa/time";
import { describe, expect, test as plain } from "vitest";
import { rejection, turns, until } from "../support/waiting.ts";

const test = testWith(plain);

/** Fails with its third item, and goes on. */
function failing(): Stream<number> {
  let number = 0;
  return pollFn(() => {
    number += 1;
    if (number === 3) throw new Error("third");
    return number;
  });
}

describe("Stream", () => {
  test("goes through all its methods", async () => {
    const numbers = () => iter([1, 2, 3, 4, 5]);
    expect(await numbers().skip(1).take(3).collect()).toEqual([2, 3, 4]);
    expect(
      await numbers()
        .takeWhile((n) => n < 3)
        .collect(),
    ).toEqual([1, 2]);
    expect(
      await numbers()
        .skipWhile((n) => n < 3)
        .collect(),
    ).toEqual([3, 4, 5]);
    expect(
      await numbers()
        .filterMap((n) => (n > 3 ? `${n}` : undefined))
        .collect(),
    ).toEqual(["4", "5"]);
    expect(await numbers().fold(0, (sum, n) => sum + n)).toBe(15);
    expect(
      await numbers()
        .mapAsync(async (n) => n * 2)
        .collect(),
    ).toEqual([2, 4, 6, 8, 10]);
  });

  test("asks no further than it has to for all and any", async () => {
    const numbers = iter([1, 2, 3, 4, 5]);
    expect(await numbers.any((n) => n === 2)).toBe(true);
    expect(await numbers.all((n) => n < 4)).toBe(false);
    expect(await numbers.collect()).toEqual([5]);
    expect([await numbers.all(() => false), await numbers.any(() => true)]).toEqual([true, false]);
  });

  test("lets others run while it is always ready", async () => {
    let isOver = false;
    const other = spawn(async () => {
      isOver = true;
    });
    await pollFn(() => 1).any(() => isOver);
    await other;
  });

  test("goes on behind a failure", async () => {
    const stream = failing().map((n) => n * 10);
    expect([await stream.next(), await stream.next()]).toEqual([10, 20]);
    await expect(stream.next()).rejects.toThrow("third");
    expect(await stream.next()).toBe(40);
  });

  test("loses nothing in a select", { startPaused: true }, async () => {
    const { sender, receiver } = mpsc.unboundedChannel<number>();
    spawn(async () => {
      using _end = sender;
      for (let n = 0; n < 50; n++) {
        await sleep(n % 7);
        sender.send(n);
      }
    });
    const stream = new ReceiverStream(receiver).mapAsync(async (n) => {
      await sleep(n % 3);
      return n;
    });
    const seen: number[] = [];
    for (;;) {
      const won = await select({ item: stream.next(), tick: sleep(2) });
      if (won.key === "tick") continue;
      if (won.value === undefined) break;
      seen.push(won.value);
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  test("gives back what it reads from", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    {
      using _stream = new ReceiverStream(receiver).map((n) => n).merge(iter([1]));
    }
    expect(sender.isClosed).toBe(true);
  });

  test("leaves the rest where it is when a loop ends early", async () => {
    const stream = iter([1, 2, 3]);
    for await (const n of stream) if (n === 2) break;
    expect(await stream.collect()).toEqual([3]);
  });

  plain("refuses what it cannot work with", () => {
    const wrong = (value: unknown) => value as never;
    expect(() => iter(wrong(5))).toThrow("Cannot make stream: expected an iterable, got 5");
    expect(() => new Stream(wrong({}))).toThrow("Cannot make stream: expected a Source");
    expect(() => iter([1]).map(wrong(5))).toThrow("Cannot map: expected a function, got 5");
    expect(() => iter([1]).take(-1)).toThrow("Cannot take: count must be a whole number");
    expect(() => iter([1]).merge(wrong([]))).toThrow("Cannot merge: expected a Stream");
    expect(() => iter([1]).throttle(wrong("1"))).toThrow("Cannot throttle: ms must be a number");
    expect(() => iter([1]).chunksTimeout(0, 1)).toThrow("Cannot batch: most must be a whole");
  });
});

describe("timeoutRepeating", () => {
  test("fails at each tick that comes before the item", { startPaused: true }, async () => {
    const late = iter([1, 2]).mapAsync(async (n) => {
      if (n === 2) await sleep(250);
      return n;
    });
    const stream = late.timeoutRepeating(interval(100));
    const seen: unknown[] = [];
    for (let count = 0; count < 4; count++) {
      seen.push(await stream.next().catch((error) => (error as Error).name));
    }
    expect(seen).toEqual([1, "ElapsedError", "ElapsedError", 2]);
    expect(await stream.next()).toBeUndefined();
  });
});

describe("a failure is an item of its own", () => {
  /** What a stream gives, failures by their messages, up to its end. */
  const outcomes = async <T>(stream: Stream<T>): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for (let count = 0; count < 99; count++) {
      const item = await stream.next().catch((error) => (error as Error).message);
      if (item === undefined) return seen;
      seen.push(item);
    }
    throw new Error("the stream has no end");
  };

  test("chunksTimeout: it comes behind the items that came before it", async () => {
    const chunks = failing().take(4).chunksTimeout(10, 1000);
    expect(await outcomes(chunks)).toEqual([[1, 2], "third", [4, 5]]);
    const first = failing().skip(2).take(1).chunksTimeout(10, 1000);
    expect(await outcomes(first)).toEqual(["third", [4]]);
  });

  test("chunksTimeout: one whose failure is still to come has not ended", async () => {
    const chunks = failing().take(2).chunksTimeout(2, 1000);
    expect(await chunks.next()).toEqual([1, 2]);
    const kept = failing().chunksTimeout(10, 1000);
    expect([await kept.next(), kept.isTerminated]).toEqual([[1, 2], false]);
  });

  test("peek: what has failed is still there", async () => {
    const stream = failing().skip(1).take(3).peekable();
    expect([await stream.peek(), await stream.next()]).toEqual([2, 2]);
    await expect(stream.peek()).rejects.toThrow("third");
    await expect(stream.peek()).rejects.toThrow("third");
    await expect(stream.next()).rejects.toThrow("third");
    expect(await stream.collect()).toEqual([4, 5]);
  });

  test("throttle: the next is not asked for at once", { startPaused: true }, async () => {
    const throttled = failing().take(3).throttle(10);
    const start = Instant.now();
    expect(await outcomes(throttled)).toEqual([1, 2, "third", 4]);
    expect(Instant.now().since(start)).toBe(40);
  });

  test("timeout: the clock starts anew", { startPaused: true }, async () => {
    const script = mockStream<number>().wait(8).next(1).wait(8).next(2).build();
    const timed = script.map(failAt(1)).timeout(10);
    expect(await outcomes(timed)).toEqual(["no 1", 2]);
  });

  test("timeoutRepeating: the interval starts anew", { startPaused: true }, async () => {
    const script = mockStream<number>().wait(8).next(1).wait(8).next(2).build();
    const ticks = interval(10, { startAt: Instant.now().add(10) });
    expect(await outcomes(script.map(failAt(1)).timeoutRepeating(ticks))).toEqual(["no 1", 2]);
  });
});

/** Fails for one number. */
const failAt = (bad: number) => (number: number) => {
  if (number === bad) throw new Error(`no ${bad}`);
  return number;
};

describe("iter", () => {
  test("believes the sizes of collections alone", async () => {
    const counting = Object.assign(() => {}, {
      *[Symbol.iterator]() {
        yield 1;
      },
    });
    expect(await iter(counting).collect()).toEqual([1]);
    expect(iter("\u{1f600}").sizeHint).toEqual([0, Number.POSITIVE_INFINITY]);
    expect(iter(new Set([1, 2])).sizeHint).toEqual([2, 2]);
    expect(iter(new Uint8Array(3)).sizeHint).toEqual([3, 3]);
    const shrinking = [1, 2, 3];
    const stream = iter(shrinking);
    await stream.next();
    shrinking.length = 0;
    expect(stream.sizeHint).toEqual([0, 0]);
  });
});

describe("from", () => {
  test("is disposed whatever an iterable's return makes", async () => {
    const of = (end: () => unknown) => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: end as () => Promise<IteratorResult<number>>,
      }),
    });
    const ended: string[] = [];
    const ends = [
      () => void ended.push("nothing"),
      () => {
        ended.push("failure");
        throw new Error("no");
      },
    ];
    for (const end of ends) {
      const stream = from(of(end));
      expect(await stream.next()).toBe(1);
      stream[Symbol.dispose]();
    }
    expect(ended).toEqual(["nothing", "failure"]);
  });

  test("takes any other iterable as it is", async () => {
    expect(await from(new Set([1, 2])).collect()).toEqual([1, 2]);
    expect(from([1, 2]).sizeHint).toEqual([2, 2]);
    expect(() => from(5 as never)).toThrow("Cannot make stream: expected an iterable, got 5");
  });

  test("takes an async generator, and ends it when it is disposed", async () => {
    let hasEnded = false;
    async function* numbers() {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        hasEnded = true;
      }
    }
    {
      using stream = from(numbers());
      expect(await stream.take(3).collect()).toEqual([0, 1, 2]);
    }
    while (!hasEnded) await yieldNow();
  });

  test("takes a web stream", async () => {
    const readable = new Blob(["hello"]).stream();
    const [bytes] = await from(readable).collect();
    expect(new TextDecoder().decode(bytes)).toBe("hello");
  });
});

describe("web streams", () => {
  test("are asked for no more than there is room for", async () => {
    let asked = 0;
    const counting = pollFn(() => {
      asked += 1;
      return asked;
    });
    const reader = counting.toReadable({ highWaterMark: 2 }).getReader();
    expect((await reader.read()).value).toBe(1);
    await until(() => asked === 3);
    await turns();
    expect(asked).toBe(3);
    await reader.cancel();
  });

  test("end and fail as the stream does", async () => {
    expect(await from(iter([1, 2]).toReadable()).collect()).toEqual([1, 2]);
    await expect(from(failing().toReadable()).collect()).rejects.toThrow("third");
  });

  test("are written to as they have room", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const piping = spawn(() => iter([1, 2, 3, 4, 5]).pipeTo(toWritable(sender)));
    await until(() => receiver.length === 1);
    expect(piping.isFinished).toBe(false);
    expect(await new ReceiverStream(receiver).collect()).toEqual([1, 2, 3, 4, 5]);
    await piping;
  });

  test("send nothing more once they are aborted", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const writer = toWritable(sender).getWriter();
    const closed = rejection(writer.closed);
    await writer.write(1);
    const stuck = rejection(writer.write(2));
    await turns();
    await writer.abort(new Error("enough"));
    expect(String(await stuck)).toBe("Error: enough");
    expect(String(await closed)).toBe("Error: enough");
    expect([await receiver.recv(), await receiver.recv()]).toEqual([1, undefined]);
  });

  test("give the sender up when it fails", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    const writer = toWritable(sender).getWriter();
    writer.closed.catch(() => {});
    receiver[Symbol.dispose]();
    await expect(writer.write(1)).rejects.toThrow("Cannot send");
    await expect(async () => sender.send(1)).rejects.toThrow("disposed");
  });

  test("are aborted with what the stream fails with", async () => {
    const aborted: unknown[] = [];
    const writable = new WritableStream({ abort: (reason) => void aborted.push(reason) });
    await expect(failing().pipeTo(writable)).rejects.toThrow("third");
    expect(String(aborted)).toBe("Error: third");
  });
});

describe("wrappers", () => {
  test("end for whoever waits when they are disposed", async () => {
    const { sender, receiver } = mpsc.channel<number>(1);
    async function* never() {
      await new Promise(() => {});
      yield 1;
    }
    for (const stream of [new ReceiverStream(receiver), from(never())]) {
      const waiting = spawn(async () => await stream.map((n) => n + 1).next());
      await turns();
      stream[Symbol.dispose]();
      stream[Symbol.dispose]();
      expect(await waiting).toBeUndefined();
      expect(await stream.collect()).toEqual([]);
    }
    expect(sender.isClosed).toBe(true);
  });

  test("throw what a task of a set has failed with, and go on", async () => {
    const set = JoinSet.from<number>([
      async () => {
        throw new Error("one");
      },
      async () => 2,
    ]);
    const stream = new JoinSetStream(set);
    await expect(stream.next()).rejects.toBeInstanceOf(JoinError);
    expect(await stream.collect()).toEqual([2]);
  });

  test("throw that messages of a broadcast were missed, and go on to its end", async () => {
    const { sender, receiver } = broadcast.channel<number>(2);
    const stream = new BroadcastStream(receiver);
    for (const n of [1, 2, 3]) sender.send(n);
    sender[Symbol.dispose]();
    await expect(stream.next()).rejects.toThrow();
    expect(await stream.collect()).toEqual([2, 3]);
  });

  test("accept connections", async () => {
    const listener = await TcpListener.bind("127.0.0.1:0");
    using stream = new TcpListenerStream(listener);
    using client = await TcpStream.connect({ address: "127.0.0.1", port: listener.localAddr.port });
    const accepted = await stream.next();
    using _accepted = accepted?.stream;
    expect(accepted?.addr.port).toBe(client.localAddr.port);
  });
});

describe("StreamMap", () => {
  test("compares keys as a Map does", async () => {
    const map = new StreamMap<number, string>();
    const old = iter(["old"]);
    expect(map.set(Number.NaN, old)).toBeUndefined();
    expect(map.set(Number.NaN, iter(["new"]))).toBe(old);
    map.set(0, iter(["zero"]));
    expect([map.size, map.isEmpty, map.has(Number.NaN), map.has(-0)]).toEqual([
      2,
      false,
      true,
      true,
    ]);
    expect(map.delete(-0)).toBeInstanceOf(Stream);
    expect(await map.collect()).toEqual([[Number.NaN, "new"]]);
  });

  test("has not ended while a failure is still to come", async () => {
    for (;;) {
      const map = new StreamMap<string, number>();
      map.set("good", iter([1]));
      map.set("bad", failing().skip(2));
      const found = await map.nextMany(2).catch(() => []);
      if (found.length === 0) continue; // The bad one was asked first.
      map.clear();
      expect(map.isTerminated).toBe(false);
      await expect(map.next()).rejects.toThrow("third");
      expect(map.isTerminated).toBe(true);
      return;
    }
  });

  test("may be changed by its streams as they are polled", async () => {
    const map = new StreamMap<string, number>();
    const items = function* () {
      yield 1;
      map.delete("self");
    };
    map.set("self", iter(items()));
    expect(await map.collect()).toEqual([["self", 1]]);
    for (const key of ["one", "two", "three"]) {
      const clear = (item: number) => {
        map.clear();
        return item;
      };
      map.set(key, iter([1]).map(clear));
    }
    expect(await map.nextMany(9)).toHaveLength(1);
    expect(map.size).toBe(0);
  });

  test("tells who waits of a stream that is added, and of its end", async () => {
    const map = new StreamMap<string, number>();
    map.set("silent", pending<number>());
    const added = spawn(async () => await map.next());
    await turns();
    map.set("late", once(7));
    expect(await added).toEqual(["late", 7]);
    const many = spawn(async () => await map.nextMany(2));
    const cleared = spawn(async () => await map.next());
    await turns();
    map.delete("silent");
    expect([await cleared, map.size]).toEqual([undefined, 0]);
    many.abort();
  });

  test("keeps what others have given when one fails", async () => {
    const map = new StreamMap<string, number>();
    map.set("good", iter([1, 2, 3]));
    map.set("bad", failing().take(4));
    const seen: unknown[] = [];
    while (map.size > 0) {
      const found = await map.nextMany(2).catch((error) => (error as Error).message);
      if (typeof found === "string") seen.push(found);
      else seen.push(...found.map(([key, item]) => `${key} ${item}`));
    }
    expect(seen.sort()).toEqual(
      ["bad 1", "bad 2", "bad 4", "bad 5", "good 1", "good 2", "good 3", "third"].sort(),
    );
  });
});
