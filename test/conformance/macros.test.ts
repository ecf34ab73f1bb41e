/** tokio-test's `macros.rs`: what is ready and an error there, throws at the poll here. */
import { co, type Future } from "tokiwa";
import {
  assertPending,
  assertReady,
  assertReadyEq,
  assertReadyErr,
  task,
  testWith,
} from "tokiwa/test";
import { sleep } from "tokiwa/time";
import { test as base, describe, expect } from "vitest";

const test = testWith(base);

const returns = (value: number): Future<number> =>
  // biome-ignore lint/correctness/useYield: it has nothing to wait for.
  co(function* () {
    return value;
  });
const throws = (): Future<number> =>
  // biome-ignore lint/correctness/useYield: it has nothing to wait for.
  co(function* (): Generator<never, number> {
    throw new Error("failed");
  });

describe("macros", () => {
  test("assert_ready", () => {
    expect(assertReady(task(returns(5)).poll())).toBe(5);
  });

  test("assert_ready_on_pending", () => {
    using waiting = task(sleep(60_000));
    expect(() => assertReady(waiting.poll())).toThrow("pending");
  });

  test("assert_pending", () => {
    using waiting = task(sleep(60_000));
    assertPending(waiting.poll());
  });

  test("assert_pending_on_ready", () => {
    expect(() => assertPending(task(returns(5)).poll())).toThrow("got the value 5");
  });

  test("assert_ready_ok", () => {
    expect(assertReady(task(returns(5)).poll())).toBe(5);
  });

  test("assert_ok_on_err", () => {
    expect(() => assertReady(task(throws()).poll())).toThrow("failed");
  });

  test("assert_ready_err", () => {
    expect(assertReadyErr(() => task(throws()).poll())).toMatchObject({ message: "failed" });
  });

  test("assert_err_on_ok", () => {
    expect(() => assertReadyErr(() => task(returns(5)).poll())).toThrow("has the value 5");
  });

  test("assert_ready_eq", () => {
    assertReadyEq(task(returns(5)).poll(), 5);
  });
});
