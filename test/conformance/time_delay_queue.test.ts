/**
 * tokio-util's `time_delay_queue.rs`. The queue here has one timer, that of its first entry, and no
 * wheel: whoever waits is woken when something is due, and for nothing else. There is no memory to
 * compact, so the tests of `compact` remove most entries instead.
 */
import { PENDING } from "tokiwa/future";
import { advance, assertPending, assertReady, type TestTask, task, testWith } from "tokiwa/test";
import { DelayQueue, type Expired, Instant } from "tokiwa/time";
import { test as base, describe, expect } from "vitest";

const withRuntime = testWith(base);
const YEAR_MS = 365 * 86_400_000;

/** A test on a clock that stands still: the queue, and when the test begins. */
function test(name: string, body: (queue: DelayQueue<string>, now: Instant) => unknown): void {
  withRuntime(name, { startPaused: true }, async () => {
    using queue = new DelayQueue<string>();
    await body(queue, Instant.now());
  });
}

/** What is due now: its value; "end" if the queue is empty, PENDING if nothing is due. */
function next(queue: DelayQueue<string>): string | typeof PENDING {
  using waiting = task(queue.next());
  return shown(waiting.poll());
}

function shown(found: Expired<string> | undefined | typeof PENDING) {
  return found === PENDING ? PENDING : (found?.value ?? "end");
}

/** Somebody who waits for the next value, which is not there yet. */
function wait(queue: DelayQueue<string>): TestTask<Expired<string> | undefined> {
  const waiting = task(queue.next());
  assertPending(waiting.poll());
  return waiting;
}

/** Moves the clock by `ms`; the waiter is woken in its last millisecond, and gets `value`. */
async function wakesAfter(
  ms: number,
  waiting: TestTask<Expired<string> | undefined>,
  value: string,
): Promise<void> {
  await advance(ms - 1);
  expect(waiting.isWoken).toBe(false);
  assertPending(waiting.poll());
  await advance(1);
  expect(waiting.isWoken).toBe(true);
  expect(shown(waiting.poll())).toBe(value);
}

describe("time_delay_queue", () => {
  test("single_immediate_delay", (queue, now) => {
    queue.insertAt("foo", now);
    expect([next(queue), next(queue)]).toEqual(["foo", "end"]);
  });

  test("multi_immediate_delays", (queue, now) => {
    for (const value of ["1", "2", "3"]) queue.insertAt(value, now);
    expect([1, 2, 3, 4].map(() => next(queue))).toEqual(["1", "2", "3", "end"]);
  });

  test("single_short_delay", async (queue) => {
    queue.insert("foo", 5);
    await wakesAfter(5, wait(queue), "foo");
    expect(next(queue)).toBe("end");
  });

  test("multi_delay_at_start", async (queue, now) => {
    const delays = [1000, 2, 234, 60, 10, 5000];
    for (const ms of delays) queue.insertAt(String(ms), now.add(ms));
    let elapsed = 0;
    for (const ms of delays.sort((one, other) => one - other)) {
      await wakesAfter(ms - elapsed, wait(queue), String(ms));
      elapsed = ms;
    }
    expect(next(queue)).toBe("end");
  });

  test("insert_in_past_fires_immediately", async (queue, now) => {
    await advance(10);
    queue.insertAt("foo", now);
    expect(next(queue)).toBe("foo");
  });

  test("remove_entry", async (queue) => {
    const key = queue.insert("foo", 5);
    const waiting = wait(queue);
    expect(queue.remove(key)).toMatchObject({ value: "foo", key });
    await advance(10);
    expect(shown(waiting.poll())).toBe("end");
  });

  test("reset_entry", async (queue, now) => {
    const key = queue.insertAt("foo", now.add(5));
    const waiting = wait(queue);
    await advance(1);
    queue.resetAt(key, now.add(10));
    expect(queue.deadline(key).since(now)).toBe(10);
    await wakesAfter(9, waiting, "foo");
    expect(next(queue)).toBe("end");
  });

  test("reset_to_past_wakes_pending_queue", async (queue, now) => {
    const key = queue.insert("foo", 60_000);
    const waiting = wait(queue);
    await advance(10);
    queue.resetAt(key, now);
    expect(waiting.isWoken).toBe(true);
    expect(shown(waiting.poll())).toBe("foo");
  });

  test("reset_much_later", async (queue, now) => {
    await advance(1);
    const key = queue.insertAt("foo", now.add(200));
    const waiting = wait(queue);
    await advance(3);
    queue.resetAt(key, now.add(10));
    await wakesAfter(6, waiting, "foo");
  });

  test("reset_twice", async (queue, now) => {
    await advance(1);
    const key = queue.insertAt("foo", now.add(200));
    const waiting = wait(queue);
    await advance(3);
    queue.resetAt(key, now.add(50));
    await advance(20);
    queue.resetAt(key, now.add(40));
    await wakesAfter(16, waiting, "foo");
  });

  test("repeatedly_reset_entry_inserted_as_expired", async (queue, now) => {
    await advance(10);
    const key = queue.insertAt("foo", now);
    queue.resetAt(key, now.add(100));
    queue.resetAt(key, now.add(50));
    await wakesAfter(40, wait(queue), "foo");
    expect(next(queue)).toBe("end");
  });

  test("remove_expired_item", async (queue, now) => {
    await advance(10);
    const key = queue.insertAt("foo", now);
    expect(queue.remove(key)?.value).toBe("foo");
    expect(next(queue)).toBe("end");
  });

  test("remove_at_timer_wheel_threshold", async (queue, now) => {
    const one = queue.insertAt("foo", now.add(64));
    const two = queue.insertAt("bar", now.add(64));
    await advance(80);
    expect(next(queue)).toBe("foo");
    expect([queue.remove(one), queue.remove(two)?.value]).toEqual([undefined, "bar"]);
  });

  test("expires_before_last_insert", async (queue) => {
    queue.insert("foo", 10_000);
    // Should have no effect on what is due first.
    queue.insert("bar", 600);
    await wakesAfter(600, wait(queue), "bar");
  });

  test("multi_reset", async (queue, now) => {
    const one = queue.insertAt("one", now.add(200));
    const two = queue.insertAt("two", now.add(250));
    const waiting = wait(queue);
    queue.resetAt(one, now.add(300));
    queue.resetAt(two, now.add(350));
    queue.resetAt(one, now.add(400));
    await wakesAfter(350, waiting, "two");
    await wakesAfter(50, wait(queue), "one");
    expect(next(queue)).toBe("end");
  });

  test("expire_first_key_when_reset_to_expire_earlier", async (queue, now) => {
    const one = queue.insertAt("one", now.add(200));
    queue.insertAt("two", now.add(250));
    const waiting = wait(queue);
    queue.resetAt(one, now.add(100));
    await wakesAfter(100, waiting, "one");
  });

  test("expire_second_key_when_reset_to_expire_earlier", async (queue, now) => {
    queue.insertAt("one", now.add(200));
    const two = queue.insertAt("two", now.add(250));
    const waiting = wait(queue);
    queue.resetAt(two, now.add(100));
    await wakesAfter(100, waiting, "two");
  });

  test("reset_first_expiring_item_to_expire_later", async (queue, now) => {
    const one = queue.insertAt("one", now.add(200));
    queue.insertAt("two", now.add(250));
    const waiting = wait(queue);
    queue.resetAt(one, now.add(300));
    await wakesAfter(250, waiting, "two");
  });

  test("insert_before_first_after_poll", async (queue, now) => {
    queue.insertAt("one", now.add(200));
    const waiting = wait(queue);
    queue.insertAt("two", now.add(100));
    await wakesAfter(100, waiting, "two");
  });

  test("insert_after_ready_poll", async (queue, now) => {
    for (const value of ["1", "2", "3"]) queue.insertAt(value, now.add(100));
    await wakesAfter(100, wait(queue), "1");
    queue.insertAt("foo", now.add(500));
    expect([next(queue), next(queue), next(queue)]).toEqual(["2", "3", PENDING]);
  });

  test("reset_later_after_slot_starts", async (queue, now) => {
    const key = queue.insertAt("foo", now.add(100));
    const waiting = wait(queue);
    await advance(80);
    // Within what would be a slot of a wheel.
    queue.resetAt(key, now.add(120));
    await wakesAfter(40, waiting, "foo");
  });

  test("reset_inserted_expired", async (queue, now) => {
    await advance(10);
    const key = queue.insertAt("foo", now);
    queue.resetAt(key, Instant.now().add(100));
    await wakesAfter(100, wait(queue), "foo");
    expect(queue.size).toBe(0);
  });

  test("reset_earlier_after_slot_starts", async (queue, now) => {
    const key = queue.insertAt("foo", now.add(200));
    const waiting = wait(queue);
    await advance(80);
    queue.resetAt(key, now.add(120));
    await wakesAfter(40, waiting, "foo");
  });

  test("insert_in_past_after_poll_fires_immediately", async (queue, now) => {
    queue.insertAt("foo", now.add(200));
    const waiting = wait(queue);
    await advance(80);
    queue.insertAt("bar", now.add(40));
    expect(waiting.isWoken).toBe(true);
    expect(shown(waiting.poll())).toBe("bar");
  });

  test("delay_queue_poll_expired_when_empty", (queue) => {
    const key = queue.insert("foo", 10_000);
    assertPending(next(queue));
    queue.remove(key);
    expect(next(queue)).toBe("end");
  });

  test("compact_remove_remapped_keys", async (queue) => {
    const keys = Array.from({ length: 200 }, (_, index) =>
      queue.insert(String(index), 1000 - index),
    );
    for (let index = 0; index < 200; index += 2) queue.remove(keys[index] as (typeof keys)[0]);
    for (let index = 1; index < 200; index += 2) {
      expect(queue.remove(keys[index] as (typeof keys)[0])?.value).toBe(String(index));
    }
    expect(next(queue)).toBe("end");
  });

  test("compact_change_deadline", async (queue, now) => {
    const keys = Array.from({ length: 30 }, (_, index) => queue.insert(String(index), 10 + index));
    await advance(20);
    const gone = Array.from({ length: 11 }, () => next(queue));
    expect(gone.at(-1)).toBe("10");
    for (const key of keys.slice(11)) queue.resetAt(key, now.add(500));
    assertPending(next(queue));
    await advance(480);
    // Due in the same millisecond: in the order in which they went in.
    const rest = Array.from({ length: 20 }, () => next(queue));
    expect(rest).toEqual([...keys.slice(11).map((_, at) => String(at + 11)), "end"]);
  });

  test("item_expiry_greater_than_wheel", async (queue) => {
    for (let year = 0; year < 3; year++) await advance(YEAR_MS);
    queue.insert("foo", 3);
    await wakesAfter(3, wait(queue), "foo");
  });

  test("remove_after_compact", (queue) => {
    const key = queue.insert("foo", 10_000);
    expect(queue.remove(key)?.value).toBe("foo");
    expect(queue.remove(key)).toBeUndefined();
    expect(() => queue.deadline(key)).toThrow("the queue has no entry of that key");
  });

  test("remove_after_compact_poll", async (queue) => {
    const key = queue.insert("foo", 10);
    queue.insert("bar", 20);
    await advance(10);
    expect(next(queue)).toBe("foo");
    expect(queue.remove(key)).toBeUndefined();
    expect(() => queue.reset(key, 5)).toThrow("the queue has no entry of that key");
  });

  test("peek", async (queue, now) => {
    const one = queue.insertAt("foo", now.add(5));
    const two = queue.insertAt("bar", now);
    const three = queue.insertAt("baz", now.add(10));
    expect(queue.peek()).toBe(two);
    await advance(6);
    expect(queue.peek()).toBe(two);
    expect(next(queue)).toBe("bar");
    expect(queue.peek()).toBe(one);
    expect(next(queue)).toBe("foo");
    expect(queue.peek()).toBe(three);
    assertPending(next(queue));
    expect(queue.peek()).toBe(three);
    await advance(5);
    expect([next(queue), queue.peek()]).toEqual(["baz", undefined]);
  });

  test("wake_after_remove_last", (queue) => {
    const key = queue.insert("foo", 1000);
    const waiting = wait(queue);
    queue.remove(key);
    expect(waiting.isWoken).toBe(true);
    expect(assertReady(waiting.poll())).toBeUndefined();
  });

  test("wake_after_clear", (queue) => {
    queue.insert("foo", 1000);
    queue.insert("bar", 2000);
    const waiting = wait(queue);
    queue.clear();
    expect(waiting.isWoken).toBe(true);
    expect(assertReady(waiting.poll())).toBeUndefined();
    expect(queue.size).toBe(0);
  });
});
