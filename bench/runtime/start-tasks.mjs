/** Portable tasks of the bench of starts. */
import { codec, mpsc, spawn, task, workerIndex } from "tokiwa";

export const reports = () => mpsc.channel(2, codec.f64);

export const report = task(import.meta, "report", (sender) => {
  sender.trySend(workerIndex());
  sender[Symbol.dispose]();
});

/** Which worker this runs on, and which one took work from it. It never waits, so it is robbed. */
export const untilStolen = task(import.meta, "untilStolen", () => {
  const { sender, receiver } = reports();
  // The second goes first to where nobody steals, and sends the first one to the queue.
  for (const end of [sender.clone(), sender]) spawn(report, end);
  for (;;) {
    const thief = receiver.tryRecv();
    if (typeof thief === "number") return [workerIndex(), thief];
  }
});
