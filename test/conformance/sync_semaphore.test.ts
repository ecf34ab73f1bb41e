import { Semaphore, type SemaphorePermit, spawn, spawnBlocking } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import { takeBlocking } from "./fixtures/locks.mjs";
import { behavesAsASemaphore } from "./semaphores.ts";

const MAX = Semaphore.MAX_PERMITS;

describe("sync_semaphore", () => {
  behavesAsASemaphore();

  test("no_permits", () => {
    expect(new Semaphore(0).availablePermits).toBe(0);
  });

  test("add_permits_open", () => {
    const semaphore = new Semaphore(1);
    semaphore.addPermits(2);
    expect(semaphore.availablePermits).toBe(3);
  });

  test("add_permits_closed", () => {
    const semaphore = new Semaphore(1);
    semaphore.close();
    semaphore.addPermits(2);
    expect(semaphore.availablePermits).toBe(3);
  });

  test.each(["forget_open", "forget_closed"])("%s", (name) => {
    const semaphore = new Semaphore(10);
    if (name === "forget_closed") semaphore.close();
    expect(semaphore.forgetPermits(4)).toBe(4);
    expect(semaphore.availablePermits).toBe(6);
    expect(semaphore.forgetPermits(10)).toBe(6);
    expect(semaphore.forgetPermits(10)).toBe(0);
    expect(semaphore.availablePermits).toBe(0);
  });

  test("add_max_amount_permits", () => {
    const semaphore = new Semaphore(0);
    semaphore.addPermits(MAX);
    expect(semaphore.availablePermits).toBe(MAX);
  });

  test("add_more_than_max_amount_permits1", () => {
    const semaphore = new Semaphore(1);
    expect(() => semaphore.addPermits(MAX)).toThrow(RangeError);
  });

  test("add_more_than_max_amount_permits2", () => {
    const semaphore = new Semaphore(MAX - 1);
    semaphore.addPermits(1);
    expect(() => semaphore.addPermits(1)).toThrow(RangeError);
  });

  test("panic_when_exceeds_maxpermits", () => {
    expect(() => new Semaphore(MAX + 1)).toThrow(RangeError);
  });

  test("no_panic_at_maxpermits", () => {
    expect(new Semaphore(MAX).availablePermits).toBe(MAX);
    const semaphore = new Semaphore(MAX - 1);
    semaphore.addPermits(1);
    expect(semaphore.availablePermits).toBe(MAX);
  });

  test.each([
    ["blocking_acquire", 1],
    ["blocking_acquire_many", 10],
    ["blocking_acquire_owned", 1],
    ["blocking_acquire_many_owned", 10],
  ])("%s", async (_name, permits) => {
    const semaphore = new Semaphore(permits);
    expect(semaphore.blockingAcquire(permits).count).toBe(permits);
    const other = new Semaphore(permits);
    expect(await spawnBlocking(takeBlocking, other, permits)).toBe(permits);
    expect(other.availablePermits).toBe(permits);
  });

  test("blocking_acquire_waits_for_permit", async () => {
    const semaphore = new Semaphore(0);
    const waiting = spawnBlocking(takeBlocking, semaphore, 1);
    semaphore.addPermits(1);
    expect(await waiting).toBe(1);
  });

  test("blocking_acquire_closed", () => {
    const semaphore = new Semaphore(10);
    semaphore.close();
    expect(() => semaphore.blockingAcquire()).toThrow("the semaphore is closed");
    expect(() => semaphore.blockingAcquire(10)).toThrow("the semaphore is closed");
  });

  test.each([
    ["blocking_acquire_in_async_context", 1],
    ["blocking_acquire_owned_in_async_context", 1],
    ["blocking_acquire_many_owned_in_async_context", 10],
  ])("%s", async (_name, permits) => {
    const semaphore = new Semaphore(10);
    const task = spawn(async () => semaphore.blockingAcquire(permits) as SemaphorePermit);
    expect(String(await rejection(task))).toContain("a task would block its worker");
    expect(semaphore.availablePermits).toBe(10);
  });
});
