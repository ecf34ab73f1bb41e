/**
 * Notifies, tokens, groups of tasks, streams and delays among tasks of four workers, which give
 * their waits up at any moment: against what must come of it in any case.
 */
import {
  CancellationToken,
  JoinMap,
  JoinQueue,
  type mpsc,
  Notify,
  Semaphore,
  spawn,
  TaskTracker,
} from "tokiwa";
import { expect } from "vitest";
import {
  delay,
  drain,
  enter,
  fill,
  hearAll,
  numbers,
  obey,
  work,
} from "./fixtures/signal-tasks.mjs";
import { storiesOf, WORKERS } from "./support/stories.ts";

const story = storiesOf(20);

const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

story("what a notify has told one is lost by nobody, and told to no two", async (draw) => {
  const [notify, inside] = [new Notify(), new Semaphore(1)];
  const times = 1 + draw.below(50);
  const entering = many(2 + draw.below(8), () => spawn(enter, notify, inside, times, draw.seed()));
  notify.notifyOne();
  await Promise.all(entering);
  await notify.notified(); // The last one has left it.
  const empty = await Promise.race([notify.notified(), Promise.resolve("empty")]);
  expect(empty).toBe("empty");
  for (const each of [notify, inside]) each[Symbol.dispose]();
});

story("what is told to all ends every wait", async ({ below, seed }) => {
  const [notify, done] = [new Notify(), new CancellationToken()];
  let isOver = false;
  const hearing = many(2 + below(6), () => spawn(hearAll, notify, done, seed()));
  const telling = spawn(async () => {
    while (!isOver) {
      notify.notifyWaiters();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  await new Promise((resolve) => setTimeout(resolve, below(20)));
  done.cancel();
  for (const heard of await Promise.all(hearing)) expect(heard).toEqual(expect.any(Number));
  isOver = true;
  await telling;
  for (const each of [notify, done]) each[Symbol.dispose]();
});

story("a token is cancelled with those above it, and with no others", async ({ below, seed }) => {
  const root = new CancellationToken();
  const branches = many(2 + below(6), () => root.childToken());
  const obeying = branches.map((branch) => spawn(obey, branch, seed()));
  const [first, ...others] = branches as [CancellationToken, ...CancellationToken[]];
  await new Promise((resolve) => setTimeout(resolve, below(5)));
  first.cancel();
  expect(await obeying[0]).toBe(true);
  expect(others.some(({ isCancelled }) => isCancelled)).toBe(false);
  expect(obeying.slice(1).some(({ isFinished }) => isFinished)).toBe(false);
  root.cancel();
  expect(await Promise.all(obeying)).toEqual(obeying.map(() => true));
  for (const each of [root, ...branches]) each[Symbol.dispose]();
});

story("a map and a queue of tasks lose none, and keep their order", async ({ below, seed }) => {
  const [map, queue, tracker] = [
    new JoinMap<number, unknown>(),
    new JoinQueue<unknown>(),
    new TaskTracker(),
  ];
  const count = 1 + below(60);
  const doomed = many(count, () => below(4) === 0);
  for (const [key, isDoomed] of doomed.entries()) {
    map.spawn(key, work, key, seed());
    const handle = queue.spawn(work, key, seed());
    tracker.track(spawn(work, key, seed())).detach();
    if (isDoomed) handle.abort();
    if (isDoomed) expect(map.abort(key)).toBe(true);
  }
  const keys = new Set<number>();
  for await (const [key, settled] of map) {
    keys.add(key);
    if (settled.ok) expect(settled.value).toBe(key);
    else if (settled.error.isCancelled) expect(doomed[key]).toBe(true);
    else expect(settled.error.cause).toMatchObject({ message: `number ${key}` });
  }
  expect(keys.size).toBe(count);
  let next = 0;
  for await (const settled of queue) {
    if (settled.ok) expect(settled.value).toBe(next);
    else if (settled.error.isCancelled) expect(doomed[next]).toBe(true);
    else expect(settled.error.cause).toMatchObject({ message: `number ${next}` });
    next += 1;
  }
  expect(next).toBe(count);
  tracker.close();
  await tracker.wait();
  expect(tracker.size).toBe(0);
});

story("streams lose nothing, and keep the order of each sender", async ({ below, seed }) => {
  const [producers, each] = [1 + below(4), 1 + below(100)];
  const { sender, receiver } = numbers(1 + below(8)) as mpsc.Channel<number>;
  const draining = spawn(drain, receiver, seed());
  const filling = many(producers, (at) =>
    spawn(fill, sender.clone(), at * each, (at + 1) * each, seed()),
  );
  sender[Symbol.dispose]();
  await Promise.all(filling);
  const seen = (await draining) as number[];
  for (let producer = 0; producer < producers; producer++) {
    const own = seen.filter((number) => Math.floor((number - 1) / each) === producer);
    expect(own).toEqual(many(each, (at) => producer * each + at + 1));
  }
  expect(seen).toHaveLength(producers * each);
});

story("a delay queue gives each once, when it is due", async ({ below, seed }) => {
  const delaying = many(WORKERS, () => spawn(delay, 1 + below(40), seed()));
  expect(await Promise.all(delaying)).toEqual(delaying.map(() => ""));
});
