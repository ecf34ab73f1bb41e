/**
 * Builds and installs the peers on demand: `node build.mjs [c] [tokio] [go] [npm]` (default: all).
 * A peer that cannot be had is reported with the reason; it never fails the run.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Where each built peer is. */
export const binaries = {
  c: at("c/bin/echo"),
  netload: at("c/bin/netload"),
  tokio: at("tokio/target/release/peer-tokio"),
  go: at("go/peer-go"),
};

/** Where the module of `guest/PROGRAM.ts` is. */
export const guestFile = (program) => new URL(`../build/${program}.wasm`, import.meta.url);

const builders = {
  c() {
    mkdirSync(at("c/bin"), { recursive: true });
    for (const name of ["echo", "netload"]) {
      const source = at(`c/${name}.c`);
      const output = at(`c/bin/${name}`);
      if (isCurrent(output, [source])) continue;
      command("gcc", ["-O2", "-Wall", "-o", output, source]);
    }
  },
  tokio() {
    if (isCurrent(binaries.tokio, [at("tokio/Cargo.toml"), ...filesIn("tokio/src")])) return;
    // Offline: the crates are Debian's librust-tokio-dev (see tokio/README.md).
    command("cargo", ["build", "--release", "--offline", "--quiet"], at("tokio"));
  },
  go() {
    if (isCurrent(binaries.go, filesIn("go").filter((file) => file.endsWith(".go")))) return;
    command("go", ["build", "-o", "peer-go", "."], at("go"));
  },
  npm() {
    if (isCurrent(at("node_modules/.package-lock.json"), [at("package-lock.json")])) return;
    command("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], at("."));
  },
};

const outcomes = new Map();

/** Makes sure of one peer; the reason if it is absent, else undefined. Tries once a process. */
export function ensure(name) {
  if (!outcomes.has(name)) outcomes.set(name, attempt(name));
  return outcomes.get(name);
}

function attempt(name) {
  try {
    if (name.startsWith("guest/")) buildGuest(name.slice("guest/".length));
    else builders[name]();
    return undefined;
  } catch (error) {
    const why =
      error.code === "ENOENT" ? `${error.path} is not installed` : String(error.stderr || error);
    return why.trim().split("\n").slice(0, 3).join(" | ");
  }
}

const PLAIN = /-plain$/;

/** The demo's own guests are measured where they are. */
function sourceOf(program) {
  const ofDemo = at(`../../web-demo/${program}.as.ts`);
  return existsSync(ofDemo) ? ofDemo : at(`../guest/${program}.ts`);
}

/** With our own tool, which stands in `dist` as what it builds for does; `…-plain` with bare asc. */
function buildGuest(program) {
  const source = sourceOf(program.replace(PLAIN, ""));
  const output = fileURLToPath(guestFile(program));
  const tool = at("../../dist/cli.js");
  if (isCurrent(output, [source, tool])) return;
  const args = PLAIN.test(program)
    ? [...asc, source, "-o", output]
    : [tool, "build", source, "-o", output];
  command(process.execPath, args);
}

/** As our tool calls it, but for asyncify. */
const asc = [
  at("../../node_modules/assemblyscript/bin/asc.js"),
  ...["--config", at("../../dist/asconfig.json"), "--target", "release"],
  ...["--transform", at("../harness/without-asyncify.mjs")],
];

function command(file, args, cwd = at(".")) {
  process.stderr.write(`building peer: ${[file, ...args.slice(0, 2)].join(" ")} …\n`);
  execFileSync(file, args, { cwd, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
}

function filesIn(folder) {
  return readdirSync(at(folder)).map((name) => at(`${folder}/${name}`));
}

function isCurrent(output, sources) {
  if (!existsSync(output)) return false;
  const built = statSync(output).mtimeMs;
  return sources.every((source) => statSync(source).mtimeMs <= built);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  for (const name of names.length ? names : Object.keys(builders)) {
    const absent = name in builders ? ensure(name) : "no such peer";
    console.log(`${name}: ${absent ? `absent: ${absent}` : "ready"}`);
  }
}
