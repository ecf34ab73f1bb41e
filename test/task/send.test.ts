import { describe, expectTypeOf, test } from "vitest";
import type { JoinHandle } from "../../src/task/join-handle.ts";
import type { Send } from "../../src/task/send.ts";
import type { Instant } from "../../src/time/instant.ts";

/** What the compiler lets through as `Send`. It is checked with the types, not when this runs. */
describe("Send", () => {
  test("is everything that can be written down", () => {
    expectTypeOf<Send<number | string | bigint | boolean | null | undefined>>().toEqualTypeOf<
      number | string | bigint | boolean | null | undefined
    >();
    expectTypeOf<Send<Uint8Array>>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<Send<Error>>().toEqualTypeOf<Error>();
    expectTypeOf<Send<Instant>>().toEqualTypeOf<Instant>();
    expectTypeOf<Send<Date[]>>().toEqualTypeOf<Date[]>();
    expectTypeOf<Send<Map<string, { a: Set<number> }>>>().toEqualTypeOf<
      Map<string, { a: Set<number> }>
    >();
    interface Order {
      readonly id: number;
      readonly lines: readonly { readonly name: string; note?: string }[];
    }
    expectTypeOf<Order>().toExtend<Send<Order>>();
  });

  test("is never what has no meaning elsewhere", () => {
    expectTypeOf<Send<() => void>>().toBeNever();
    expectTypeOf<Send<symbol>>().toBeNever();
    expectTypeOf<Send<Promise<number>>>().toBeNever();
    expectTypeOf<Send<JoinHandle<number>>>().toBeNever();
    expectTypeOf<Send<WeakMap<object, number>>>().toBeNever();
    expectTypeOf<Send<AbortSignal>>().toBeNever();
    expectTypeOf<Send<Set<() => void>>>().toBeNever();
    expectTypeOf<Send<Map<string, symbol>>>().toBeNever();
  });

  test("is never at the places of an object that are not", () => {
    expectTypeOf<Send<{ a: number; b: () => void }>>().toEqualTypeOf<{ a: number; b: never }>();
    class Counter {
      count = 0;
      add(): void {
        this.count += 1;
      }
    }
    expectTypeOf<Counter>().not.toExtend<Send<Counter>>();
  });
});
