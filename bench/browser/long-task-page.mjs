/** What the page does: it starts all tasks at once, and joins each. */
import { Runtime, spawn } from "tokiwa";
import { expect, now, record } from "../harness/measure.mjs";
import { byTurns } from "./long-task-tasks.mjs";

export async function tokiwa({ tasks }) {
  const runtime = await Runtime.create({ workerThreads: 2 });
  const begin = now();
  const joined = await runtime.run(() =>
    Promise.all(Array.from({ length: tasks }, (_, index) => spawn(byTurns, index))),
  );
  const ms = now() - begin;
  for (const [place, index] of joined.entries()) expect(index, place, "a task");
  return record({ n: tasks, ms });
}
