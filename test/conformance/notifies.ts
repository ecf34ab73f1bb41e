/**
 * What upstream tests twice: of waits that borrow their notify, and of those that own it.
 *
 * @module
 */
import { Notify, PENDING } from "tokiwa";
import { type TestTask, task } from "tokiwa/test";
import { expect, test } from "vitest";

const isReady = (waiting: TestTask<void>) => waiting.poll() !== PENDING;

/** Waits that have begun, so many. */
function waitsOf(notify: Notify, count: number): TestTask<void>[] {
  return Array.from({ length: count }, () => {
    const waiting = task(notify.notified());
    expect(isReady(waiting)).toBe(false);
    return waiting;
  });
}

/** Which of these have been told. */
const woken = (waits: readonly TestTask<void>[]) => waits.map(({ isWoken }) => isWoken);

export function behavesAsANotify(): void {
  test("notify_notified_one", () => {
    const notify = new Notify();
    notify.notifyOne();
    expect(isReady(task(notify.notified()))).toBe(true);
  });

  test("notify_multi_notified_one", () => {
    const notify = new Notify();
    const [first, second] = waitsOf(notify, 2) as [TestTask<void>, TestTask<void>];
    notify.notifyOne();
    expect(woken([first, second])).toEqual([true, false]);
    expect([isReady(first), isReady(second)]).toEqual([true, false]);
    second[Symbol.dispose]();
  });

  test("notified_multi_notify", () => {
    const notify = new Notify();
    const [first, second] = waitsOf(notify, 2) as [TestTask<void>, TestTask<void>];
    notify.notifyOne();
    expect(woken([first, second])).toEqual([true, false]);
    expect([isReady(first), isReady(second)]).toEqual([true, false]);
    second[Symbol.dispose]();
  });

  test("notify_notified_multi", () => {
    const notify = new Notify();
    notify.notifyOne();
    expect(isReady(task(notify.notified()))).toBe(true);
    const [second] = waitsOf(notify, 1) as [TestTask<void>];
    notify.notifyOne();
    expect(second.isWoken).toBe(true);
    expect(isReady(second)).toBe(true);
  });

  test("notified_multi_notify_one_drop", () => {
    const notify = new Notify();
    const [first, second, third] = waitsOf(notify, 3) as TestTask<void>[];
    notify.notifyOne();
    first?.[Symbol.dispose]();
    expect(woken([second, third] as TestTask<void>[])).toEqual([true, false]);
    second?.[Symbol.dispose]();
    expect(third && isReady(third)).toBe(true);
  });

  test("notified_multi_notify_last_drop", () => {
    const notify = new Notify();
    const [first, second, third] = waitsOf(notify, 3) as TestTask<void>[];
    notify.notifyLast();
    third?.[Symbol.dispose]();
    expect(woken([first, second] as TestTask<void>[])).toEqual([false, true]);
    second?.[Symbol.dispose]();
    expect(first && isReady(first)).toBe(true);
  });

  test("notify_in_drop_after_wake", () => {
    const notify = new Notify();
    const [first, second] = waitsOf(notify, 2) as [TestTask<void>, TestTask<void>];
    notify.notifyWaiters();
    expect(isReady(first)).toBe(true);
    // What upstream does as a waker is dropped: the wait is over, and its owner notifies.
    first[Symbol.dispose]();
    notify.notifyOne();
    expect(isReady(second)).toBe(true);
    expect(isReady(task(notify.notified()))).toBe(true);
  });

  test("notify_one_after_dropped_all", () => {
    const notify = new Notify();
    const [first] = waitsOf(notify, 1) as [TestTask<void>];
    notify.notifyWaiters();
    notify.notifyOne();
    first[Symbol.dispose]();
    expect(isReady(task(notify.notified()))).toBe(true);
  });

  test("test_notify_one_not_enabled", () => {
    const notify = new Notify();
    const waiting = task(notify.notified());
    notify.notifyOne();
    expect(isReady(waiting)).toBe(true);
  });

  test("test_notify_one_after_enable", () => {
    const notify = new Notify();
    const future = notify.notified();
    expect(future.enable()).toBe(false);
    notify.notifyOne();
    expect(isReady(task(notify.notified()))).toBe(false);
    expect(isReady(task(future))).toBe(true);
  });

  test("test_poll_after_enable", () => {
    const notify = new Notify();
    const future = notify.notified();
    expect(future.enable()).toBe(false);
    expect(isReady(task(future))).toBe(false);
  });

  test("test_enable_after_poll", () => {
    const notify = new Notify();
    const future = notify.notified();
    expect(isReady(task(future))).toBe(false);
    expect(future.enable()).toBe(false);
  });

  test("test_enable_consumes_permit", () => {
    const notify = new Notify();
    notify.notifyOne();
    const future = notify.notified();
    expect(future.enable()).toBe(true);
    expect(isReady(task(notify.notified()))).toBe(false);
  });
}

export { isReady, waitsOf };
