import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = join(root, "README.md");

let folder: string;
let tarball: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokiwa-pack-"));
  // Without scripts: `npm test` has just built, and other tests are reading dist/.
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  await run("npm", args, { cwd: root });
  tarball = join(folder, "tokiwa-0.1.0.tgz");
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("publint finds nothing to say", async () => {
  const { stdout } = await run("npx", ["publint", "--strict", tarball], { cwd: root });
  expect(stdout).toContain("All good");
});

test("arethetypeswrong finds types behind every entry", async () => {
  // As JSON, since the shape of its table follows the width of the terminal.
  const args = ["attw", "--profile", "esm-only", "--format", "json", tarball];
  const { stdout } = await run("npx", args, { cwd: root, maxBuffer: 16 << 20 });
  const { analysis } = JSON.parse(stdout) as Report;
  const entries = Object.values(analysis.entrypoints);
  expect(entries.length).toBeGreaterThan(6);
  for (const { subpath, resolutions } of entries) {
    for (const kind of ["node16-esm", "bundler"]) {
      expect(resolutions[kind]?.resolution, `${subpath} from ${kind}`).toBeDefined();
      expect(resolutions[kind]?.visibleProblems ?? [], `${subpath} from ${kind}`).toEqual([]);
    }
  }
});

/** What this test reads of arethetypeswrong's report. */
interface Report {
  analysis: { entrypoints: Record<string, Entry> };
}
interface Entry {
  subpath: string;
  resolutions: Record<string, { resolution?: unknown; visibleProblems?: unknown[] }>;
}

test.skipIf(!existsSync(readme))("an empty project runs the README's first example", async () => {
  const example = /^```js\n([\s\S]*?)^```/m.exec(readFileSync(readme, "utf8"))?.[1];
  expect(example, "README.md has no js block").toBeDefined();
  await writeFile(join(folder, "package.json"), '{ "type": "module", "private": true }');
  await writeFile(join(folder, "example.js"), example ?? "");
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline"];
  await run("npm", ["install", ...quiet, tarball], { cwd: folder });
  const { stderr } = await run(process.execPath, ["example.js"], { cwd: folder, timeout: 30_000 });
  expect(stderr).toBe("");
});
