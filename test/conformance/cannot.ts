/**
 * What upstream tests and cannot be had here.
 *
 * @module
 */
import { test } from "vitest";

/** Stands in the place of upstream's test `name`: it shows as skipped, with the reason. */
export function cannot(name: string, reason: string): void {
  test.skip(`${name} (cannot: ${reason})`, () => {});
}
