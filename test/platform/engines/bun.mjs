/** Bun. */
import { join } from "node:path";

export const engines = [
  {
    name: "bun 1",
    packages: ["bun@1.4.5"],
    command: (packages) => [join(packages, "node_modules/.bin/bun"), "program.mjs"],
    place: { platform: "bun", lacks: {} },
  },
];
