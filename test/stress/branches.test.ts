/** `select`, `join` and `timeout` on four workers, whose waits end, fail or are given up. */
import { codec, mpsc, Semaphore, spawn } from "tokiwa";
import { expect } from "vitest";
import { consume, produce, takeBoth } from "./fixtures/branch-tasks.mjs";
import { storiesOf } from "./support/stories.ts";

const story = storiesOf(20);

const MESSAGES = 30;

story("a select loses no message, whatever else it waits for", async ({ below, seed }) => {
  const producers = 1 + below(3);
  const channels = [mpsc.channel(1 + below(4), codec.u32), mpsc.channel(1 + below(4), codec.u32)];
  const [first, second] = channels as [(typeof channels)[0], (typeof channels)[0]];
  const consumer = spawn(consume, first.receiver, second.receiver, seed());
  const sending = channels.flatMap(({ sender }) => {
    using _sender = sender;
    return Array.from({ length: producers }, (_, index) =>
      spawn(produce, sender.clone(), index * MESSAGES, (index + 1) * MESSAGES, seed()),
    );
  });
  const came = await consumer;
  await Promise.all(sending);
  for (const numbers of [came.first, came.second]) {
    for (let index = 0; index < producers; index++) {
      const own = numbers.filter((number) => Math.floor(number / MESSAGES) === index);
      expect(own).toEqual(Array.from({ length: MESSAGES }, (_, at) => index * MESSAGES + at));
    }
    expect(numbers.length).toBe(producers * MESSAGES);
  }
});

story("a join has all or nothing, whoever fails, gives up or is aborted", async (draw) => {
  const { below, seed } = draw;
  const [most, times] = [2 + below(3), 20];
  const [first, second] = [new Semaphore(most), new Semaphore(most)];
  const tasks = Array.from({ length: 2 + below(8) }, () =>
    spawn(takeBoth, first, second, times, seed()),
  );
  const doomed = tasks.filter(() => below(4) === 0);
  const ends = Promise.allSettled(tasks);
  for (const task of doomed) {
    await new Promise((resolve) => setTimeout(resolve, below(4)));
    task.abort();
  }
  for (const end of await ends) {
    if (end.status === "rejected") expect(end.reason).toMatchObject({ isCancelled: true });
    else expect(end.value).toBeLessThanOrEqual(times);
  }
  expect([first.availablePermits, second.availablePermits]).toEqual([most, most]);
  for (const semaphore of [first, second]) semaphore[Symbol.dispose]();
});
