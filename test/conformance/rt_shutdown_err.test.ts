/** Tokio's `rt_shutdown_err.rs`. What ends with its runtime fails with a `ClosedError` here. */
import { ClosedError, sleep } from "tokiwa";
import { TcpListener, TcpStream } from "tokiwa/net";
import { describe, expect, test } from "vitest";
import { rejection, turns } from "../support/waiting.ts";
import { runtimesOf } from "./flavors.ts";

describe("rt_shutdown_err", () => {
  const make = runtimesOf({ flavor: "currentThread" });

  test("test_is_rt_shutdown_err", async () => {
    const runtime = await make();
    const listener = await runtime.run(async () => TcpListener.bind("127.0.0.1:0"));
    await runtime.shutdown();
    const error = await rejection(listener.accept());
    expect(error).toBeInstanceOf(ClosedError);
    expect((error as Error).message).toContain("the runtime is shut down");
  });

  test("test_is_not_rt_shutdown_err", async () => {
    const runtime = await make();
    const error = await runtime.run(async () => {
      const listener = await TcpListener.bind("127.0.0.1:0");
      const address = listener.localAddr;
      listener.close();
      return rejection(TcpStream.connect(address));
    });
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
    expect(error).not.toBeInstanceOf(ClosedError);
  });

  test("test_join_error_panic", async () => {
    const runtime = await make();
    const error = await rejection(runtime.spawn(async () => Promise.reject(new Error("panic"))));
    expect(error).toMatchObject({ isPanic: true });
    expect(error).not.toBeInstanceOf(ClosedError);
  });

  test("test_join_error_cancelled", async () => {
    const runtime = await make();
    const task = runtime.spawn(async () => sleep(60_000));
    await turns();
    task.abort();
    const error = await rejection(task);
    expect(error).toMatchObject({ isCancelled: true });
    expect(error).not.toBeInstanceOf(ClosedError);
  });

  test("test_other_error_kinds_and_strings", () => {
    for (const message of ["the runtime is shut down", "other"]) {
      expect(new Error(message)).not.toBeInstanceOf(ClosedError);
    }
  });
});
