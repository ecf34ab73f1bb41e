/**
 * A real Chromium out of the npm registry, with all the libraries that it needs.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where it is unpacked, once: 200 MB. */
const folder = fileURLToPath(new URL("../../build/chromium", import.meta.url));

/** *Why not the package's own flags*: they run it in one process, without any site isolation. */
const FLAGS = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--headless=shell"];

/** Starts it. */
export async function launchChromium() {
  if (!existsSync(folder)) await unpack();
  const { chromium } = await import("playwright-core");
  return chromium.launch({
    executablePath: join(folder, "chromium"),
    args: FLAGS,
    env: {
      ...process.env,
      FONTCONFIG_PATH: join(folder, "fonts"),
      // A bare Debian lacks libnss3 and others.
      LD_LIBRARY_PATH: join(folder, "al2023", "lib"),
    },
  });
}

/** All of it or nothing: the package takes a half that it finds for the whole. */
async function unpack() {
  const draft = `${folder}-${process.pid}`;
  await mkdir(draft, { recursive: true });
  const { TMPDIR } = process.env;
  process.env.TMPDIR = draft;
  // The package has the libraries for the machines of Amazon's, and knows these by a variable.
  process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs20.x";
  const { default: packed } = await import("@sparticuz/chromium");
  await packed.executablePath();
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
}
