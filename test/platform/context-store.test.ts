import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import type { Context, ContextStore } from "../../src/core/context.ts";
import { AsyncLocalStore } from "../../src/platform/node/async-local-store.ts";
import { contextStore } from "../../src/platform/node/context-store.ts";

const outer = { name: "outer" } as unknown as Context;
const inner = { name: "inner" } as unknown as Context;

/** This version of Node uses one of them; what both must do is asked of both on every version. */
const stores: Record<string, ContextStore> = {
  "the store of this version of Node": contextStore,
  "the store of Node 24 and newer": new AsyncLocalStore(),
};

for (const [name, store] of Object.entries(stores)) {
  describe(name, () => {
    test("carries the context past an await", async () => {
      await store.run(inner, async () => {
        expect(store.getStore()).toBe(inner);
        await Promise.resolve();
        expect(store.getStore()).toBe(inner);
      });
      expect(store.getStore()).toBeUndefined();
    });

    test("carries the context that is set within a snapshot, wherever that was taken", async () => {
      for (const taken of [store.snapshot(), store.run(outer, () => store.snapshot())]) {
        const body = async () => {
          expect(store.getStore()).toBe(inner);
          await Promise.resolve();
          expect(store.getStore()).toBe(inner);
        };
        await taken.run(() => store.run(inner, body));
      }
    });

    test("runs a snapshot's body with what user code carried where it was taken", async () => {
      const request = new AsyncLocalStorage<string>();
      const taken = request.run("r1", () => store.snapshot());
      await request.run("r2", () =>
        taken.run(async () => {
          expect(request.getStore()).toBe("r1");
          await Promise.resolve();
          expect(request.getStore()).toBe("r1");
        }),
      );
    });
  });
}
