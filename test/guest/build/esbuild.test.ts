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

  test("gives each guest of a bundle a slot of its own", async () => {
    const folder = await Folder.create();
    // The names of both are for the same slot.
    await folder.write("four.as.ts", "export function run(): string { return 'a'; }");
    await folder.write("five.as.ts", "export function run(): string { return 'b'; }");
    const imports = 'import a from "./four.as.ts"; import b from "./five.as.ts";';
    await folder.write("app.ts", `${imports} export { a, b };`);
    await bundle(folder);
    const files = (await readdir(folder.at("out"))).filter((file) => file.endsWith(".wasm"));
    const firsts = files.map(async (file) => {
      const module = compileGuest(await readFile(folder.at(`out/${file}`)), file);
      return manifestOf(module, file).statics[0];
    });
    expect(new Set(await Promise.all(firsts)).size).toBe(2);
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
