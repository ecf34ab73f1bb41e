/**
 * Declares the portable suite as tests of one platform.
 *
 * @module
 */
import { describe, test } from "vitest";
import { casesFor, FEATURES } from "./suite/suite.mjs";

/** What a platform lacks, each with the reason, which must be out of our control. */
export type Lacks = Partial<Record<keyof typeof FEATURES, string>>;

/** One test for each case; `run` runs it on the platform, and rejects if it fails there. */
export function declareSuite(
  platform: string,
  lacks: Lacks,
  run: (feature: string, name: string) => Promise<void>,
): void {
  for (const feature of Object.keys(FEATURES)) {
    const names = casesFor(lacks).filter(([its]) => its === feature);
    const reason = lacks[feature as keyof Lacks];
    const without = reason === undefined ? "" : `, which it lacks (${reason})`;
    describe(`${platform}: ${feature}${without}`, () => {
      for (const [, name] of names) test(name as string, () => run(feature, name as string));
    });
  }
}
