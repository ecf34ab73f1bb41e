import { CancellationToken, Future, PENDING, type Pending } from "tokiwa";
import { type TestTask, task } from "tokiwa/test";
import { describe, expect, test } from "vitest";

const isReady = (waiting: TestTask<unknown>) => waiting.poll() !== PENDING;

function waitFor(token: CancellationToken): TestTask<void> {
  const waiting = task(token.cancelled());
  expect(isReady(waiting)).toBe(token.isCancelled);
  return waiting;
}

/** Never ends, and counts who asks. */
class Never extends Future<number> {
  polls = 0;

  override poll(): Pending {
    this.polls += 1;
    return PENDING;
  }

  override [Symbol.dispose](): void {}
}

class Ready extends Future<number> {
  override poll(): number {
    return 42;
  }

  override [Symbol.dispose](): void {}
}

function cancelsItsWaits(): void {
  const token = new CancellationToken();
  expect(token.isCancelled).toBe(false);
  const [first, second] = [waitFor(token), waitFor(token)];
  token.cancel();
  expect([first.isWoken, second.isWoken, token.isCancelled]).toEqual([true, true, true]);
  expect([isReady(first), isReady(second)]).toEqual([true, true]);
  token.cancel();
  expect(isReady(task(token.cancelled()))).toBe(true);
}

function runsUntilCancelled(): void {
  const cancelled = new CancellationToken();
  cancelled.cancel();
  const never = new Never();
  expect(task(cancelled.runUntilCancelled(never)).poll()).toBeUndefined();
  expect(never.polls).toBe(0);
  const token = new CancellationToken();
  expect(task(token.runUntilCancelled(new Ready())).poll()).toBe(42);
  const waiting = task(token.childToken().runUntilCancelled(new Never()));
  expect(isReady(waiting)).toBe(false);
  token.cancel();
  expect(waiting.isWoken).toBe(true);
  expect(waiting.poll()).toBeUndefined();
}

describe("sync_cancellation_token", () => {
  test("cancel_token", cancelsItsWaits);

  test("cancel_token_owned", cancelsItsWaits);

  test("cancel_token_owned_drop_test", () => {
    const token = new CancellationToken();
    const waiting = waitFor(token);
    token[Symbol.dispose]();
    waiting[Symbol.dispose]();
  });

  test("cancel_child_token_through_parent", () => {
    const token = new CancellationToken();
    const child = token.childToken();
    expect(child.isCancelled).toBe(false);
    const [ofChild, ofParent] = [waitFor(child), waitFor(token)];
    token.cancel();
    expect([ofChild.isWoken, ofParent.isWoken]).toEqual([true, true]);
    expect([isReady(ofChild), isReady(ofParent), child.isCancelled]).toEqual([true, true, true]);
  });

  test("cancel_grandchild_token_through_parent_if_child_was_dropped", () => {
    const token = new CancellationToken();
    const child = token.childToken();
    const grandchild = child.childToken();
    child[Symbol.dispose]();
    const waiting = waitFor(grandchild);
    token.cancel();
    expect(waiting.isWoken).toBe(true);
    expect([isReady(waiting), grandchild.isCancelled]).toEqual([true, true]);
  });

  test("cancel_child_token_without_parent", () => {
    const token = new CancellationToken();
    const first = token.childToken();
    const ofFirst = waitFor(first);
    const ofParent = waitFor(token);
    first.cancel();
    expect([ofFirst.isWoken, ofParent.isWoken]).toEqual([true, false]);
    expect([first.isCancelled, token.isCancelled]).toEqual([true, false]);
    const second = token.childToken();
    const ofSecond = waitFor(second);
    token.cancel();
    expect([isReady(ofParent), isReady(ofSecond)]).toEqual([true, true]);
  });

  test("create_child_token_after_parent_was_cancelled", () => {
    const token = new CancellationToken();
    token.cancel();
    const child = token.childToken();
    expect(child.isCancelled).toBe(true);
    expect(isReady(task(child.cancelled()))).toBe(true);
  });

  test("drop_multiple_child_tokens", () => {
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [2, 1, 0],
    ]) {
      const token = new CancellationToken();
      const children = [0, 1, 2].map(() => token.childToken());
      for (const which of order) children[which]?.[Symbol.dispose]();
      expect(token.isCancelled).toBe(false);
      const child = token.childToken();
      const waiting = waitFor(child);
      token.cancel();
      expect(isReady(waiting)).toBe(true);
    }
  });

  test("cancel_only_all_descendants", () => {
    const parent = new CancellationToken();
    const token = parent.childToken();
    const sibling = parent.childToken();
    const children = [token.childToken(), token.childToken()];
    const grandchildren = children.flatMap((child) => [child.childToken(), child.childToken()]);
    const great = grandchildren.map((grandchild) => grandchild.childToken());
    const below = [token, ...children, ...grandchildren, ...great];
    const waits = below.map(waitFor);
    const others = [waitFor(parent), waitFor(sibling)];
    token.cancel();
    expect(waits.map(isReady)).not.toContain(false);
    expect(below.map(({ isCancelled }) => isCancelled)).not.toContain(false);
    expect(others.map(isReady)).toEqual([false, false]);
    expect([parent.isCancelled, sibling.isCancelled]).toEqual([false, false]);
    for (const other of others) other[Symbol.dispose]();
  });

  test("drop_parent_before_child_tokens", () => {
    const token = new CancellationToken();
    const [first, second] = [token.childToken(), token.childToken()];
    token[Symbol.dispose]();
    expect(first.isCancelled).toBe(false);
    first[Symbol.dispose]();
    second[Symbol.dispose]();
  });

  test("run_until_cancelled_test", runsUntilCancelled);

  test("run_until_cancelled_owned_test", runsUntilCancelled);

  test("cloned_cancellation_tokens_are_considered_equal", () => {
    // Whoever has a token may give it to others as it is: a clone is the same object.
    const token = new CancellationToken();
    expect(token.dropGuard().disarm()).toBe(token);
  });

  test("child_cancellation_tokens_are_not_considered_equal", () => {
    const token = new CancellationToken();
    expect(token.childToken()).not.toBe(token);
  });

  test("independent_cancellation_tokens_are_not_considered_equal", () => {
    expect(new CancellationToken()).not.toBe(new CancellationToken());
  });
});
