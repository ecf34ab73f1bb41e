/** Firefox, as Debian has it, in a page with the two headers and in one without. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { Unobtainable } from "../home.mjs";

const run = promisify(execFile);
const APT_MAX_MS = 240_000;
/** As deep as test/support: what it serves is found by way of its own place. */
const program = resolve("build/platforms/firefox-program.mjs");

const lacks = { sockets: "browsers open none", reactor: "it is for sockets" };
const apart = {
  ...lacks,
  threads: "pages without the two headers may not share memory",
  blocking: "it takes threads",
};

export const engines = [
  { name: "firefox", kind: "isolated", lacks },
  { name: "firefox, not isolated", kind: "apart", lacks: apart },
].map(({ name, kind, lacks }) => ({
  name,
  packages: [],
  obtain,
  // Node 20 has WebSockets behind this flag.
  command: () => [process.execPath, "--experimental-websocket", "--no-warnings", program, kind],
  place: { platform: "browser", lacks },
}));

async function obtain() {
  if (!(await isThere())) await install();
  await build({
    entryPoints: ["test/platform/firefox-program.ts"],
    target: "node20",
    // That of the project leads to the sources.
    tsconfigRaw: {},
    outfile: program,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
  });
}

async function isThere() {
  return run("firefox-esr", ["--version"]).then(
    () => true,
    () => false,
  );
}

async function install() {
  const sudo = process.getuid() === 0 ? [] : ["sudo", "-n"];
  const settings = { timeout: APT_MAX_MS, killSignal: "SIGKILL" };
  for (const task of [["update"], ["install", "-y", "--no-install-recommends", "firefox-esr"]]) {
    const [command, ...args] = [...sudo, "apt-get", "-qq", ...task];
    await run(command, args, settings).catch(({ message }) => {
      throw new Unobtainable(`Debian's firefox-esr cannot be installed here: ${message.trim()}`);
    });
  }
}
