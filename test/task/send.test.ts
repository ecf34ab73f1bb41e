import { describe, expectTypeOf, test } from "vitest";
import type { JoinHandle } from "../../src/task/join-handle.ts";
import type { Send } from "../../src/task/send.ts";
import type { Instant } from "../../src/time/instant.ts";

/** A type that contains itself. */
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What the compiler lets through as `Send`. It is checked with the types, not when this runs. */
describe("Send", () => {
  test("is everything that can be written down", () => {
    expectTypeOf<Send<number | string | bigint | boolean | null | undefined>>().toEqualTypeOf<
      number | string | bigint | boolean | null | undefined
    >();
    expectTypeOf<Send<Uint8Array>>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<Send<Error>>().toEqualTypeOf<Error>();
    expectTypeOf<Send<Instant>>().toEqualTypeOf<Instant>();
    expectTypeOf<Date[]>().toExtend<Send<Date[]>>();
    type Nested = Map<string, { a: Set<number> }>;
    expectTypeOf<Nested>().toExtend<Send<Nested>>();
    expectTypeOf<Json>().toExtend<Send<Json>>();
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
  });

  test("is not what has such a thing inside", () => {
    expectTypeOf<symbol[]>().not.toExtend<Send<symbol[]>>();
    expectTypeOf<[number, () => void]>().not.toExtend<Send<[number, () => void]>>();
    expectTypeOf<Set<() => void>>().not.toExtend<Send<Set<() => void>>>();
    expectTypeOf<Map<string, symbol>>().not.toExtend<Send<Map<string, symbol>>>();
    expectTypeOf<Map<symbol, string>>().not.toExtend<Send<Map<symbol, string>>>();

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
