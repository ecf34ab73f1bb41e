/**
 * What the self-test runs on workers.
 *
 * @module
 */

import { codec, JoinSet, mpsc, task, workerIndex } from "tokiwa";

/** A channel whose ends may be on any worker. */
export const numbers = () => mpsc.channel(256, codec.f64);

/** Sends numbers until nobody receives them any more. */
export const produce = task(import.meta, "produce", async (sender: Sender) => {
  try {
    for (let value = 0; ; value++) await sender.send(value);
  } catch {
    return; // The receiver has gone.
  }
});

/** Keeps its worker busy, and says which one that is. */
export const burn = task(import.meta, "burn", (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return workerIndex() as number;
});

/** Spawns tasks on one worker, all at once. Which workers have run them? */
export const burst = task(import.meta, "burst", async (count: number, ms: number) => {
  const set = new JoinSet<number>();
  for (let index = 0; index < count; index++) set.spawn(burn, ms);
  const ran = await set.joinAll();
  return { own: workerIndex(), ran };
});

type Sender = ReturnType<typeof numbers>["sender"];
