import { readdir, readFile } from "node:fs/promises";
import { build } from "esbuild";
import { guests } from "tokiwa/esbuild";
import { describe, expect, test } from "vitest";
import { compileGuest, manifestOf } from "../../../src/core/manifest.ts";
import { Folder } from "../../support/folder.ts";

const APP = `import counter from "./counter.as.ts";\nexport { counter };\n`;

function bundle(folder: Folder) {
  const outdir = folder.at("out");
  const options = { bundle: true, format: "esm", outdir, logLevel: "silent" } as const;
  return build({ entryPoints: [folder.at("app.ts")], ...options, plugins: [guests()] });
}

describe("the plugin for esbuild", { timeout: 60_000 }, () => {
  test("makes an import of *.as.ts the address of a guest beside the bundle", async () => {
    const folder = await Folder.create();
    await folder.write("app.ts", APP);
    await folder.write("counter.as.ts", "export function run(n: i32): i32 { return n + 1; }");
    await bundle(folder);
    const { counter } = await import(folder.at("out/app.js"));
    expect(counter).toBeInstanceOf(URL);
    const module = compileGuest(await readFile(counter as URL), "counter.wasm");
    expect(manifestOf(module, "counter.wasm").tasks).toMatchObject([{ name: "run" }]);
    expect((await readdir(folder.at("out"))).length).toBe(2);
  });

  test("reports what is wrong at its place", async () => {
    const folder = await Folder.create();
    await folder.write("app.ts", APP);
    await folder.write(
      "counter.as.ts",
      "\nlet state = 0;\nexport function run(): i32 { return state++; }",
    );
    const { errors } = await bundle(folder).catch((error) => error);
    expect(errors).toMatchObject([
      {
        text: expect.stringContaining('Global variable "state"'),
        location: { line: 2, column: 4, lineText: "let state = 0;" },
      },
    ]);
  });
});
