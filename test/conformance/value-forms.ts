/**
 * The forms in which what carries values is tested: as a local primitive, as a shared one on one
 * worker, and as one with an end on another worker.
 *
 * @module
 */
import { type Codec, codec, Runtime } from "tokiwa";
import { afterAll, beforeAll, describe } from "vitest";
import { elsewhere, here, type Place } from "../support/placed.ts";

/** How the values of a test travel, and where the end that is `place`d goes. */
export interface Form {
  codec<T>(): Codec<T> | undefined;
  readonly place: Place;
  /** Runs a test's body where its form has a runtime. */
  inside(body: () => Promise<void>): () => Promise<void>;
}

const LOCAL = { codec: () => undefined, place: here };
const SHARED = { codec: () => codec.structured<never>(), place: here };
const APART = { codec: () => codec.structured<never>(), place: elsewhere };

/** Defines `tests` for a local form, and for a shared one. */
export function inBothForms(tests: (form: Form) => void): void {
  for (const [name, parts] of [
    ["local", LOCAL],
    ["shared", SHARED],
  ] as const) {
    describe(name, () => tests({ ...parts, inside: (body) => body }));
  }
}

/** As `inBothForms`, and for one that is shared with another worker. */
export function inEveryForm(tests: (form: Form) => void): void {
  inBothForms(tests);
  describe("shared across workers", () => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await Runtime.create({ workerThreads: 2 });
    });
    afterAll(() => runtime.shutdown());
    tests({ ...APART, inside: (body) => () => runtime.run(body) });
  });
}
