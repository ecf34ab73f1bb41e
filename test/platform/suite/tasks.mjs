/** Portable tasks of the suite. */
import { codec, Handle, mpsc, sleep, spawn, task, taskId, workerIndex } from "tokiwa";

export const add = task(import.meta, "add", (a, b) => a + b);

export const addLater = task(import.meta, "addLater", async (a, b) => {
  await sleep(1);
  return a + b;
});

export const countUp = task(import.meta, "countUp", function* (turns) {
  let sum = 0;
  for (let turn = 0; turn < turns; turn++) {
    yield* sleep(1);
    sum += turn;
  }
  return sum;
});

export const fail = task(import.meta, "fail", (text) => {
  throw new RangeError(text);
});

const ROUNDS_MAX = 1e7;

/** Keeps its worker busy, and says which one that is. */
export const burn = task(import.meta, "burn", (ms) => {
  const end = performance.now() + ms;
  // At the edge the clock stands still meanwhile.
  for (let round = 0; round < ROUNDS_MAX && performance.now() < end; round++);
  return workerIndex();
});

export const waitForever = task(import.meta, "waitForever", async () => sleep(1e9));

let beats = 0;

/** Starts what goes on by itself in the event loop of its worker, a few times. */
export const beginBeats = task(import.meta, "beginBeats", (times) => {
  const beat = () => {
    beats += 1;
    if (beats < times) setTimeout(beat, 1);
  };
  setTimeout(beat, 1);
});

export const countBeats = task(import.meta, "countBeats", () => beats);

/** Does an async function know its task behind the end of another one? */
export const knowsItself = task(import.meta, "knowsItself", async () => {
  const before = taskId();
  const helper = async () => {
    await sleep(1);
  };
  await helper();
  await helper();
  return before === taskId();
});

export const spawnsHere = task(import.meta, "spawnsHere", async () => {
  await sleep(1);
  return await spawn(async () => 7);
});

/** Sends so many numbers. */
export const produce = task(import.meta, "produce", async (sender, count) => {
  for (let value = 0; value < count; value++) await sender.send(value);
  sender[Symbol.dispose]();
});

export const numbers = () => mpsc.channel(4, codec.f64);

/** Blocks its thread, as a blocking job may. */
export const sleepSoundly = task(import.meta, "sleepSoundly", (ms) => {
  Handle.current().blockOn(function* () {
    yield* sleep(ms);
  });
  return "slept";
});

/** Sends back what comes first. */
export const echoOnce = task(import.meta, "echoOnce", async (stream) => {
  const buffer = new Uint8Array(64);
  const count = await stream.read(buffer);
  await stream.writeAll(buffer.subarray(0, count));
  stream[Symbol.dispose]();
  return count;
});
