import { expect, test } from "vitest";
import { compileProbe } from "./support/probe.ts";

const importsOf = (module: WebAssembly.Module) =>
  WebAssembly.Module.imports(module).map((each) => `${each.module}.${each.name}`);

test("the release build steps nowhere, the model build before its atomics", {
  timeout: 60_000,
}, () => {
  expect(importsOf(compileProbe("shared"))).not.toContain("host.step");
  expect(importsOf(compileProbe("model"))).toContain("host.step");
});
