/**
 * The forms that channels have: tests of what both do run on both.
 *
 * @module
 */
import { codec, mpsc, oneshot } from "tokiwa";
import { describe } from "vitest";

/** Makes channels of one form, for whole numbers. */
export interface Form {
  bounded(capacity: number): mpsc.Channel<number>;
  unbounded(): mpsc.UnboundedChannel<number>;
  oneshot(): oneshot.Channel<number>;
}

export const local: Form = {
  bounded: (capacity) => mpsc.channel<number>(capacity),
  unbounded: () => mpsc.unboundedChannel<number>(),
  oneshot: () => oneshot.channel<number>(),
};

export const shared: Form = {
  bounded: (capacity) => mpsc.channel(capacity, codec.i32),
  unbounded: () => mpsc.unboundedChannel(codec.i32),
  oneshot: () => oneshot.channel(codec.i32),
};

/** Defines `tests` once for channels of one worker, and once for those in shared memory. */
export function inBothForms(tests: (form: Form) => void): void {
  describe("local", () => tests(local));
  describe("shared", () => tests(shared));
}
