/** Tokio's `rt_handle.rs`: guards of `enter`, and the numbers of runtimes. */
import { Handle, type Runtime } from "tokiwa";
import { describe, expect, test } from "vitest";
import { runtimesOf } from "./flavors.ts";

const make = runtimesOf({ flavor: "currentThread" });

function interleave(first: Runtime, second: Runtime): void {
  const [outer, inner] = [first.enter(), second.enter()];
  expect(() => outer[Symbol.dispose]()).toThrow(
    "Cannot leave runtime: a runtime that was entered later is still entered",
  );
  inner[Symbol.dispose]();
  outer[Symbol.dispose]();
  outer[Symbol.dispose]();
}

describe("rt_handle", () => {
  test("interleave_enter_different_rt", async () => interleave(await make(), await make()));

  test("interleave_enter_same_rt", async () => {
    const runtime = await make();
    interleave(runtime, runtime);
  });

  test("interleave_then_enter", async () => {
    interleave(await make(), await make());
    const runtime = await make();
    const guard = runtime.enter();
    expect(Handle.current().id).toBe(runtime.id);
    guard[Symbol.dispose]();
    expect(Handle.tryCurrent()).toBeUndefined();
  });

  test("runtime_id_is_same", async () => {
    const runtime = await make();
    const inside = await runtime.run(async () => Handle.current().id);
    expect([runtime.handle.id, inside]).toEqual([runtime.id, runtime.id]);
  });

  test("runtime_ids_different", async () => {
    expect((await make()).handle.id).not.toBe((await make()).handle.id);
  });
});
