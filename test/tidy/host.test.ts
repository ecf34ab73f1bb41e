import { expect, test } from "vitest";
import { codeOnly, matches, type Rule, sourcesIn } from "./source.ts";

/** Files outside src/core that may use shared memory's primitives, and why. */
const PRIMITIVES_ALLOWED: Record<string, string> = {
  "src/platform/platform.ts": "names the type of the compiled core, which each host loads its way",
};

const primitivesOnlyInCore: Rule = (sources) =>
  sources
    .filter(({ path }) => !path.startsWith("src/core/") && !(path in PRIMITIVES_ALLOWED))
    .flatMap(({ path, text }) =>
      matches(
        path,
        codeOnly(text),
        /\b(WebAssembly|Atomics)\b/,
        "WebAssembly and Atomics stay in src/core",
      ),
    );

const onlyNamedExports: Rule = (sources) =>
  sources.flatMap(({ path, text }) =>
    matches(path, codeOnly(text), /^export (default\b|\*)/, "export by name, one by one"),
  );

const sources = sourcesIn("src");

test("WebAssembly and Atomics stay in src/core", () => {
  expect(primitivesOnlyInCore(sources)).toEqual([]);
  const bad = {
    path: "src/net/a.ts",
    text: "Atomics.load(a, 0);\n// Atomics\nconst m = 'Atomics';",
  };
  expect(primitivesOnlyInCore([bad])).toHaveLength(1);
});

test("exports are named", () => {
  expect(onlyNamedExports(sources)).toEqual([]);
  const bad = { path: "src/net/a.ts", text: 'export default 1;\nexport * from "./b.ts";' };
  expect(onlyNamedExports([bad])).toHaveLength(2);
});
