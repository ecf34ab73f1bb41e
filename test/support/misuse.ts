/**
 * Calls that nobody should make, and what they are told.
 *
 * @module
 */
import { expect } from "vitest";

/** What JavaScript lets pass: nothing here is of the type that is asked for. */
export const wrong = (value: unknown): never => value as never;

/** Checks that each call throws at once, and what. */
export function refused(cases: readonly (readonly [call: () => unknown, said: string])[]): void {
  const said = cases.map(([call]) => {
    try {
      call();
      return "nothing";
    } catch (error) {
      return `${error}`;
    }
  });
  expect(said).toEqual(cases.map(([, text]) => text));
}
