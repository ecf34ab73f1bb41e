import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.mjs";
import { shownBy } from "../support/shown.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLE = join(root, "examples/bundlers");
const PATH = `${join(root, "node_modules/.bin")}:${process.env.PATH}`;

const browser = await launchChromium();
/** Has tokiwa as everybody has it, and a folder with the example for each bundler. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokiwa-bundlers-"));
  const packed = ["pack", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", packed, { cwd: root });
  const tokiwa = join(folder, "node_modules/tokiwa");
  await mkdir(tokiwa, { recursive: true });
  await run("tar", ["xzf", join(folder, stdout.trim()), "-C", tokiwa, "--strip-components=1"]);
  await symlink(join(root, "node_modules/@rollup"), join(folder, "node_modules/@rollup"));
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(["vite", "webpack", "rollup", "esbuild"])("%s", (bundler) => {
  let files: Record<string, Uint8Array>;

  beforeAll(async () => {
    const home = join(folder, bundler);
    await cp(EXAMPLE, home, { recursive: true });
    await run("npm", ["run", bundler], { cwd: home, env: { ...process.env, PATH } });
    files = await filesIn(join(home, "dist"));
  });

  test("builds a page whose workers run portable tasks", async () => {
    expect(await shownBy(browser, files, true)).toBe("17984 (multiThread)");
  });

  test("builds a page that does without the two headers", async () => {
    expect(await shownBy(browser, files, false)).toBe("17984 (currentThread)");
  });
});

describe("a bundle", () => {
  const served = 'import { serveTasks, task } from "tokiwa";';

  test("waits for a worker that takes its time", async () => {
    const late = "await new Promise((resolve) => setTimeout(resolve, 5));";
    const worker = `${served} ${late} serveTasks(() => import("./tasks.js"));`;
    expect(await shownWith({ "worker.js": worker })).toBe("17984 (multiThread)");
  });

  test("without startWorker says that it needs one", async () => {
    const app = 'import { Runtime } from "tokiwa"; await Runtime.create();';
    expect(await shownWith({ "app.js": app })).toBe(
      "Error: Cannot start worker: a program that is bundled must say which file its workers " +
        "begin with, by the option startWorker; see examples/bundlers",
    );
  });

  test("without the file of its workers says what may be wrong", async () => {
    expect(await shownWith({}, ["app.js"])).toBe(
      "Error: Cannot start worker: it died three times: its script could not be loaded: is it " +
        "among the files that were built, and served with the header Cross-Origin-Embedder-Policy?",
    );
  });

  test("whose workers do not import a task says where they looked", async () => {
    expect(await shownWith({ "worker.js": `${served} serveTasks(() => {});` })).toContain(
      'Cannot start task "countPrimes": what serveTasks imports defines no such task',
    );
  });

  test("that has two tasks of one name says so", async () => {
    const define = 'for (const url of ["a", "b"]) task({ url }, "countPrimes", () => 0);';
    const worker = `${served} ${define} serveTasks(() => {});`;
    expect(await shownWith({ "worker.js": worker })).toContain(
      'Cannot start task "countPrimes": 2 modules have one of that name',
    );
  });
});

/** What the example's page shows if some of its files are others; esbuild builds the entries. */
async function shownWith(others: Record<string, string>, entries = ["app.js", "worker.js"]) {
  const home = await mkdtemp(join(folder, "other-"));
  await cp(EXAMPLE, home, { recursive: true });
  for (const [name, code] of Object.entries(others)) await writeFile(join(home, name), code);
  const entryPoints = entries.map((name) => join(home, name));
  const outdir = join(home, "dist");
  await build({ entryPoints, outdir, bundle: true, splitting: true, format: "esm" });
  await cp(join(home, "index.html"), join(outdir, "index.html"));
  return shownBy(browser, await filesIn(outdir), true);
}

/** What a folder has, by the paths that a server has it under. */
async function filesIn(folder: string): Promise<Record<string, Uint8Array>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  const named = paths.map((path, index) => [path.slice(folder.length), contents[index]]);
  return Object.fromEntries(named);
}
