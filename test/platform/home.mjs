/**
 * Where engines run the suite, and where they come from.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A registry that is slow, or does not answer. */
const INSTALL_MAX_MS = 180_000;
/** What the application is made of. */
const PROGRAMS = ["test/platform/suite", "test/platform/program.mjs", "examples/edge-function"];

/** A platform that cannot be had here, for a reason outside our control. */
export class Unobtainable extends Error {}

/**
 * Makes an application that has tokiwa from its tarball, as everybody has it. In this repository's
 * own folder, engines would take the paths that are for the types' checker, and run the sources.
 */
export async function makeHome(folder) {
  const home = join(folder, "home");
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  // Some of them look for it in the folders above.
  await writeFile(join(home, "tsconfig.json"), "{}");
  // Without its scripts, which would build it again.
  const packed = await run("npm", ["pack", "--ignore-scripts", "--pack-destination", home]);
  await install(home, [join(home, packed.stdout.trim().split("\n").at(-1))]);
  for (const path of PROGRAMS) await cp(path, join(home, basename(path)), { recursive: true });
  return home;
}

/** The folder that has these packages of the npm registry. They are installed once. */
export async function installed(folder, packages) {
  if (packages.length === 0) return folder;
  const wanted = packages.join(" ");
  const own = join(folder, packages.join("+").replaceAll("/", "-"));
  const marker = join(own, "installed");
  if ((await readFile(marker, "utf8").catch(() => undefined)) === wanted) return own;
  await mkdir(own, { recursive: true });
  await install(own, packages);
  await writeFile(marker, wanted);
  return own;
}

async function install(folder, packages) {
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const settings = ["--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"];
  await run("npm", ["install", ...settings, "--prefix", folder, ...packages], {
    timeout: INSTALL_MAX_MS,
    killSignal: "SIGKILL",
  });
}
