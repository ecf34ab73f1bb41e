import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EdgeLoop } from "../../src/platform/edge/event-loop.ts";

describe("the event loop at the edge", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("what is deferred keeps its request until it has run", async () => {
    const kept: Promise<void>[] = [];
    const loop = new EdgeLoop((promise) => kept.push(promise));
    const body = vi.fn();
    loop.defer(body);
    expect(kept).toHaveLength(1);
    expect(body).not.toHaveBeenCalled();
    vi.advanceTimersByTime(0);
    expect(body).toHaveBeenCalledOnce();
    await kept[0];
  });

  test("what is deferred outside of requests runs once a request reminds of it", () => {
    let isInRequest = false;
    const loop = new EdgeLoop(() => {
      if (!isInRequest) throw new Error("global scope");
    });
    const body = vi.fn();
    loop.defer(body);
    vi.clearAllTimers();
    isInRequest = true;
    loop.remind();
    vi.advanceTimersByTime(0);
    expect(body).toHaveBeenCalledOnce();
    loop.remind();
    vi.advanceTimersByTime(0);
    expect(body).toHaveBeenCalledOnce();
  });

  test("what was deferred in a request that is gone runs once another one reminds of it", () => {
    const loop = new EdgeLoop(() => {});
    const body = vi.fn();
    loop.defer(body);
    vi.clearAllTimers();
    loop.remind();
    expect(vi.getTimerCount()).toBe(0);
    vi.setSystemTime(Date.now() + 200);
    loop.remind();
    vi.advanceTimersByTime(0);
    expect(body).toHaveBeenCalledOnce();
  });

  test("each request has one timer", () => {
    const loop = new EdgeLoop(() => {});
    const wake = vi.fn();
    const turn = () => {
      loop.setTimer(10, wake);
      loop.setTimer(20, wake);
    };
    loop.defer(turn);
    loop.defer(turn);
    vi.advanceTimersByTime(0);
    expect(vi.getTimerCount()).toBe(2);
    vi.advanceTimersByTime(19);
    expect(wake).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(wake).toHaveBeenCalledTimes(2);
  });
});
