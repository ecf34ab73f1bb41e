import { AbortOnDrop, AbortOnDropHandle, type JoinHandle, sleep, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection, turns } from "../support/waiting.ts";

/** A task that sleeps. */
const sleeper = () => spawn(async () => sleep(1e9));

const isCancelled = async (task: JoinHandle<void>) =>
  expect(await rejection(task)).toMatchObject({ isCancelled: true });

describe("abort_on_drop", () => {
  test("aborts_task_on_drop", async () => {
    const task = sleeper();
    await turns();
    new AbortOnDropHandle(task)[Symbol.dispose]();
    await isCancelled(task);
  });

  test("aborts_task_directly", async () => {
    const handle = new AbortOnDropHandle(sleeper());
    await turns();
    handle.abort();
    expect(await rejection(handle)).toMatchObject({ isCancelled: true });
    expect(handle.isFinished).toBe(true);
  });

  test("does_not_abort_after_detach", async () => {
    const handle = new AbortOnDropHandle(sleeper());
    await turns();
    const task = handle.detach();
    handle[Symbol.dispose]();
    await turns();
    expect(task.isFinished).toBe(false);
    expect(() => handle.isFinished).toThrow("Cannot look at task: the handle was detached");
    task.abort();
    await isCancelled(task);
  });

  test("handle_aborts_task_on_drop", async () => {
    const task = sleeper();
    await turns();
    new AbortOnDrop(task.abortHandle())[Symbol.dispose]();
    await isCancelled(task);
  });

  test("handle_aborts_task_directly", async () => {
    const task = sleeper();
    await turns();
    const handle = new AbortOnDrop(task.abortHandle());
    handle.abort();
    await isCancelled(task);
    expect(handle.isFinished).toBe(true);
  });

  test("handle_does_not_abort_after_detach", async () => {
    const task = sleeper();
    await turns();
    const handle = new AbortOnDrop(task.abortHandle());
    const detached = handle.detach();
    handle[Symbol.dispose]();
    await turns();
    expect(detached.isFinished).toBe(false);
    detached.abort();
    await isCancelled(task);
  });
});
