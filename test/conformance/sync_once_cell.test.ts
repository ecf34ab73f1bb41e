/** Upstream's `sync_once_cell`: a value that the first who needs it makes. */
import { OnceCell, sleep, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";
import { inBothForms, inEveryForm } from "./value-forms.ts";

describe("sync_once_cell", () => {
  inEveryForm((form) => {
    test(
      "from",
      form.inside(async () => {
        const cell = form.place(OnceCell.from(2, form.codec<number>()));
        expect([await cell.isInitialized(), await cell.get()]).toEqual([true, 2]);
      }),
    );

    test(
      "set_and_get",
      form.inside(async () => {
        const cell = new OnceCell<number>(form.codec());
        const other = form.place(cell);
        expect(await other.set(5)).toBe(true);
        expect([cell.get(), await other.get()]).toEqual([5, 5]);
      }),
    );

    test(
      "get_uninit",
      form.inside(async () => {
        const cell = form.place(new OnceCell<number>(form.codec()));
        expect([await cell.isInitialized(), await cell.get()]).toEqual([false, undefined]);
      }),
    );

    test(
      "set_twice",
      form.inside(async () => {
        const cell = form.place(new OnceCell<number>(form.codec()));
        expect(await cell.set(5)).toBe(true);
        expect(await cell.set(6)).toBe(false);
        expect([await cell.isInitialized(), await cell.get()]).toEqual([true, 5]);
      }),
    );

    test(
      "set_while_initializing",
      form.inside(async () => {
        const cell = new OnceCell<number>(form.codec());
        const other = form.place(cell);
        let finish = (_value: number) => {};
        const made = new Promise<number>((resolve) => {
          finish = resolve;
        });
        const making = spawn(async () => await cell.getOrInit(() => made));
        await turns();
        expect(await other.set(10)).toBe(false);
        expect(await other.isInitialized()).toBe(false);
        finish(5);
        expect(await making).toBe(5);
        expect(await other.get()).toBe(5);
      }),
    );
  });

  inBothForms((form) => {
    const make = () => new OnceCell<number>(form.codec());

    test("get_or_init_panic", async () => {
      const cell = make();
      expect(await cell.getOrInit(async () => 1)).toBe(1);
      const fail = () => {
        throw new Error("never called");
      };
      expect(await cell.getOrInit(fail)).toBe(1);
    });

    test("get_or_try_init", async () => {
      const cell = make();
      const failing = spawn(async () => {
        await cell.getOrInit(async () => {
          await sleep(1);
          throw new Error("failed");
        });
      });
      const next = spawn(async () => await cell.getOrInit(async () => 10));
      expect(String(((await rejection(failing)) as Error).cause)).toContain("failed");
      expect(await next).toBe(10);
      expect(cell.get()).toBe(10);
    });
  });
});
