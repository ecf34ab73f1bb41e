/** Upstream's `sync_set_once`: a value that one sets and others wait for. */
import { SetOnce, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { turns } from "../support/turns.ts";
import { inEveryForm } from "./value-forms.ts";

describe("sync_set_once", () => {
  inEveryForm((form) => {
    const make = () => {
      const once = new SetOnce<number>(form.codec());
      return { once, other: form.place(once) };
    };

    test(
      "from",
      form.inside(async () => {
        const once = form.place(SetOnce.from(2, form.codec<number>()));
        expect([await once.isInitialized(), await once.get()]).toEqual([true, 2]);
      }),
    );

    test(
      "set_and_get",
      form.inside(async () => {
        const { once, other } = make();
        expect(await other.set(5)).toBe(true);
        expect([once.get(), await other.get()]).toEqual([5, 5]);
      }),
    );

    test(
      "set_and_wait",
      form.inside(async () => {
        const { once, other } = make();
        const waiting = spawn(async () => await once.wait());
        await turns();
        await other.set(5);
        expect(await waiting).toBe(5);
      }),
    );

    test(
      "set_and_wait_multiple_threads",
      form.inside(async () => {
        const { once, other } = make();
        const waiting = spawn(async () => await once.wait());
        const set = await Promise.all([other.set(2), form.place(once).set(5)]);
        expect(set.filter((wasFirst) => wasFirst)).toHaveLength(1);
        expect(await waiting).toBe(set[0] ? 2 : 5);
      }),
    );

    test(
      "set_and_wait_threads",
      form.inside(async () => {
        const { once, other } = make();
        const waiting = [other.wait(), form.place(once).wait()];
        await turns();
        once.set(5);
        expect(await Promise.all(waiting)).toEqual([5, 5]);
      }),
    );

    test(
      "get_uninit",
      form.inside(async () => {
        const { other } = make();
        expect([await other.isInitialized(), await other.get()]).toEqual([false, undefined]);
      }),
    );

    test(
      "set_twice",
      form.inside(async () => {
        const { once, other } = make();
        expect(await other.set(5)).toBe(true);
        expect([await other.set(6), once.set(7)]).toEqual([false, false]);
        expect(once.get()).toBe(5);
      }),
    );

    test(
      "is_some_initializing",
      form.inside(async () => {
        const { once, other } = make();
        const setting = spawn(async () => once.set(20));
        expect(await other.wait()).toBe(20);
        expect(await setting).toBe(true);
      }),
    );

    test(
      "into_inner_int_empty_setonce",
      form.inside(async () => {
        const { other } = make();
        expect(await other.intoInner()).toBeUndefined();
      }),
    );
  });
});
