/**
 * Builds dist/: the Wasm cores, the JavaScript with source maps, and the types.
 *
 *   node .ci/build.mjs [--no-types] [--debug]
 *
 * `--no-types` leaves the declarations out; `--debug` puts the core with
 * DEBUG_CHECKS and names in place of the shared release core.
 *
 * Every file lands directly in dist/, chunks too. Which file a piece of source ends up in is up
 * to the bundler, so `new URL("./worker.js", import.meta.url)` only works if all are neighbours.
 *
 * Files are replaced by renaming, and only if they changed, so that a program
 * that runs from dist/ during a build never reads half of a file.
 */
import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const withTypes = !process.argv.includes("--no-types");
const withDebug = process.argv.includes("--debug");

/**
 * The rooms that programs import, by their names in dist/. All their code is in one file beside
 * them, as each thread opens all files that it needs at once: see `bundleHost`.
 */
const ROOMS = {
  index: "src/index.ts",
  time: "src/time/index.ts",
  net: "src/net/index.ts",
  sync: "src/sync/index.ts",
  stream: "src/stream/index.ts",
  task: "src/task/index.ts",
  runtime: "src/runtime/index.ts",
  future: "src/future/index.ts",
  error: "src/error/index.ts",
  test: "src/testing/index.ts",
};

/** What package.json chooses from, by conditions. */
const PLATFORM_ENTRIES = {
  "platform-node": "src/platform/node/platform.ts",
  "ffi-node": "src/platform/node/ffi.ts",
  "ffi-deno": "src/platform/deno/ffi.ts",
  "ffi-bun": "src/platform/bun/ffi.ts",
  "sockets-node": "src/platform/node/sockets.ts",
  "platform-deno": "src/platform/deno/platform.ts",
  "platform-bun": "src/platform/bun/platform.ts",
  "platform-browser": "src/platform/browser/platform.ts",
  "sockets-browser": "src/platform/browser/sockets.ts",
  "platform-workerd": "src/platform/edge/workerd.ts",
  "platform-edge-light": "src/platform/edge/light.ts",
  "sockets-workerd": "src/platform/edge/sockets.ts",
};

/** The first code of every thread that a runtime starts. */
const WORKER = `import { parent } from "#platform";
import { joinRuntime } from "./tokiwa.js";

joinRuntime(parent);
`;

/** The tools: apart, so that threads load no pieces for their sake. */
const TOOL_ENTRIES = {
  "asc-transform": "src/guest/build/transform.ts",
  cli: "src/cli/main.ts",
  doctor: "src/doctor/doctor.ts",
  esbuild: "src/guest/build/esbuild.ts",
  build: "src/guest/build/index.ts",
};

/** Left as they are: the choice of platform, and what only one platform has. */
const PLATFORM = ["#platform", "#sockets", "#ffi", "bun:*", "cloudflare:*"];
/** Compiled for us, at the edge. */
const WASM = ["*.edge.wasm", "*.wasm?module"];
/** Tools that run tasks import tokiwa as programs do: it is there once in a thread. */
const EXTERNAL = ["tokiwa", "tokiwa/*", ...PLATFORM, ...WASM];

/** In a page the file offers runtimes; in the workers that it starts from itself, it joins one. */
const PAGE = `
import { parent } from "#platform";
import { joinRuntime } from "./src/worker/member.ts";
if (parent !== undefined) joinRuntime(parent);
export * from "./src/index.ts";
`;

/** How code for pages is made. */
const FOR_PAGES = {
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  sourcemap: true,
  alias: {
    "msgpackr/pack": resolve(root, "node_modules/msgpackr/pack.js"),
    "#platform": resolve(root, "src/platform/browser/platform.ts"),
    "#sockets": resolve(root, "src/platform/browser/sockets.ts"),
  },
  loader: { ".wasm": "base64" },
  write: false,
};

process.chdir(root);
/** From the sources: where no memory is shared, the core's import of it says so. */
const { withoutSharing } = await importSource("src/core/unshared.ts");
await mkdir("build", { recursive: true });
await mkdir("dist", { recursive: true });
await Promise.all([
  buildCore(withDebug ? "debug" : "shared", "core.shared.wasm"),
  buildCore("local", "core.local.wasm"),
  buildCore("small", "core.small.wasm").then(buildHost),
  copySdk(),
  withTypes ? buildTypes() : undefined,
]);

/** Compiles one target of asconfig.json and publishes it under `name`. */
async function buildCore(target, name) {
  const sources = await filesBelow("assembly");
  if (!sources.includes(join("assembly", "index.ts"))) return;
  const output = `build/core.${target}.wasm`;
  // Folders count as inputs as well: removing a file touches nothing else.
  const inputs = ["asconfig.json", ".ci/inline.mjs", "assembly", ...sources];
  if ((await newest(inputs)) >= (await newest([output]))) {
    const inlines = target === "shared" || target === "local";
    const inlining = inlines ? ["--transform", "./.ci/inline.mjs"] : [];
    const sockets = target === "small" ? [] : ["assembly/exports/sockets.ts"];
    await run("assemblyscript/bin/asc.js", [...sockets, "--target", target, ...inlining]);
  }
  if ((await readFile(`build/core.${target}.wat`, "utf8")).includes("~lib/rt")) {
    await rm(output);
    fail(`Cannot publish core: target ${target} contains the managed runtime (~lib/rt)`);
  }
  const code = await readFile(output);
  await replace(join("dist", name), code);
  if (target === "small") await replace("dist/core.edge.wasm", withoutSharing(code));
  if (target !== "debug") return;
  await replace("dist/core.debug.wasm.map", await readFile(`${output}.map`));
}

/** What guests are compiled with, where asc finds `tokiwa/assembly` below `--path`. */
async function copySdk() {
  const home = "dist/sdk/tokiwa";
  const sources = new Map();
  for (const file of ["layout.ts", "limits.ts", "verdicts.ts"]) {
    sources.set(join(home, "shared", file), join("assembly/shared", file));
  }
  for (const file of await filesBelow("assembly/sdk")) {
    sources.set(join(home, "assembly", basename(file)), file);
  }
  for (const [copy, source] of sources) await replace(copy, await readFile(source));
  for (const file of await filesBelow(home)) if (!sources.has(file)) await rm(file);
  await replace("dist/asconfig.json", await readFile("src/guest/build/asconfig.json"));
}

/** Bundles the sources, and removes what earlier builds have left. */
async function buildHost() {
  const threads = (await filesBelow("src")).filter((file) => file.endsWith("-thread.ts"));
  const named = threads.map((file) => [basename(file, ".ts"), file]);
  const files = await Promise.all([
    bundleHost({ ...PLATFORM_ENTRIES, ...Object.fromEntries(named) }),
    bundle(TOOL_ENTRIES),
    bundlePage(),
    writeForPages(),
  ]);
  const written = new Set(files.flat().map((file) => resolve("dist", file.path)));
  for (const file of await filesBelow("dist")) {
    if (/\.js(\.map)?$/.test(file) && !written.has(resolve(file))) await rm(file);
  }
}

/**
 * Bundles all rooms into `tokiwa.js`, with a file for each that gives what it exports from there.
 * What the platforms share with the rooms is in few small files more.
 *
 * *Why not a file for each piece that some entries share*, as the bundler would: those were 37, and
 * opening them took a thread longer than all else, and more descriptors than a process may have.
 */
async function bundleHost(entries) {
  const { metafile } = await bundled(ROOMS, { metafile: true });
  const exportsOf = (room) => metafile.outputs[`dist/${room}.js`].exports;
  // Rooms may have the same name for different things.
  const sources = Object.entries(ROOMS).map(([room, file]) => {
    const names = exportsOf(room).map((name) => `${name} as ${room}_${name}`);
    return `export { ${names.join(", ")} } from "./${file}";`;
  });
  sources.push('export { joinRuntime } from "./src/worker/member.ts";');
  const own = await bundle(
    { ...entries, tokiwa: "all rooms" },
    { plugins: [virtual(/^all rooms$/, sources.join("\n"))] },
  );
  const made = new Map([["worker", WORKER]]);
  for (const room of Object.keys(ROOMS)) {
    const names = exportsOf(room).map((name) => `${room}_${name} as ${name}`);
    made.set(room, `export { ${names.join(", ")} } from "./tokiwa.js";\n`);
  }
  for (const [name, code] of made) await replace(join("dist", `${name}.js`), code);
  return [...own, ...[...made.keys()].map((name) => ({ path: `${name}.js` }))];
}

/** A source that is in no file. */
function virtual(filter, contents) {
  return {
    name: "virtual",
    setup({ onResolve, onLoad }) {
      onResolve({ filter }, () => ({ path: "virtual.ts", namespace: "virtual" }));
      onLoad({ filter: /.*/, namespace: "virtual" }, () => ({ contents, resolveDir: root }));
    },
  };
}

/** Bundles some entries into dist/. */
async function bundle(entries, options) {
  return write((await bundled(entries, options)).outputFiles);
}

async function write(outputFiles) {
  for (const file of outputFiles) {
    const isCode = file.path.endsWith(".js");
    await replace(file.path, isCode ? withClassNames(file.text) : file.contents);
  }
  return outputFiles;
}

/** Bundles some entries. Other packages, and the choice of platform, stay imports. */
function bundled(entryPoints, options) {
  return esbuild
    .build({
      entryPoints,
      outdir: "dist",
      chunkNames: "chunk-[hash]",
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      // Lowers `using`, which Node 20 cannot parse.
      target: ["node20", "es2022"],
      sourcemap: true,
      packages: "external",
      // In the one file, too: to look for a package takes a thread as long as to load this one.
      alias: { "msgpackr/pack": resolve("node_modules/msgpackr/pack.js") },
      external: EXTERNAL,
      loader: { ".wasm": "base64" },
      write: false,
      ...options,
    })
    .catch(() => fail("Cannot bundle src: esbuild reported the errors above"));
}

/**
 * Writes the rooms for bundlers of pages: a file for each source, so that a page has what it uses,
 * and nothing else. The platform is chosen by then.
 */
async function writeForPages() {
  const outdir = "dist/pages";
  // They are as readable as the sources, so they take no maps.
  const options = { ...FOR_PAGES, outdir, sourcemap: false };
  const { metafile } = await esbuild.build({
    entryPoints: Object.values(ROOMS),
    metafile: true,
    ...options,
  });
  const keepsFiles = {
    name: "keeps-files",
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.{1,2}\/.*\.ts$|^#/ }, ({ path, importer, resolveDir, kind }) => {
        if (kind === "entry-point") return undefined;
        const file = FOR_PAGES.alias[path] ?? resolve(resolveDir, path);
        const specifier = relative(dirname(importer), file).replace(/\.ts$/, ".js");
        return { path: specifier.startsWith(".") ? specifier : `./${specifier}`, external: true };
      }),
  };
  const { outputFiles } = await esbuild.build({
    entryPoints: Object.keys(metafile.inputs).filter((file) => /^(src|assembly)\//.test(file)),
    outbase: ".",
    plugins: [keepsFiles],
    ...options,
  });
  return write(outputFiles);
}

/** Makes the one file for pages without a bundler: the host, what workers begin with, the core. */
async function bundlePage() {
  const startsFromItself = {
    name: "starts-from-itself",
    setup: ({ onResolve }) =>
      onResolve({ filter: /\/start-worker\.ts$/ }, () => ({
        path: resolve("src/platform/browser/start-self.ts"),
      })),
  };
  const { outputFiles } = await esbuild
    .build({
      stdin: { contents: PAGE, resolveDir: root, sourcefile: "browser.ts" },
      outfile: "dist/browser.js",
      minify: true,
      plugins: [startsFromItself],
      ...FOR_PAGES,
    })
    .catch(() => fail("Cannot bundle for pages: esbuild reported the errors above"));
  for (const { path, contents } of outputFiles) await replace(path, contents);
  return outputFiles;
}

/**
 * Gives classes their names back: where a class mentions itself, the bundler writes
 * `var X = class _X`, and people would meet `_X` in stacks and when they print an object.
 */
function withClassNames(code) {
  const renamed = [...code.matchAll(/\bvar (\w+?)\d* = class _\1\b/g)].map(([, name]) => name);
  return renamed.reduce(
    (text, name) => text.replaceAll(new RegExp(`\\b_${name}\\b`, "g"), name),
    code,
  );
}

/** Emits declarations, with imports that name the `.js` files a consumer's compiler looks for. */
async function buildTypes() {
  if (!(await exists("src/index.ts"))) return;
  // A folder of this process's own: two builds at once must not mix.
  const emitted = `build/types-${process.pid}`;
  try {
    await run("typescript/bin/tsc", ["-p", ".ci/tsconfig.types.json", "--outDir", emitted]);
    const files = await filesBelow(emitted);
    for (const file of files) {
      const text = await readFile(file, "utf8");
      await replace(
        join("dist/types", file.slice(emitted.length + 1)),
        text.replace(/(["'])(\.{1,2}\/[^"'\n]+)\.ts\1/g, "$1$2.js$1"),
      );
    }
    const current = new Set(files.map((file) => file.slice(emitted.length + 1)));
    for (const file of await filesBelow("dist/types")) {
      if (!current.has(file.slice("dist/types/".length))) await rm(file, { force: true });
    }
  } finally {
    await rm(emitted, { recursive: true, force: true });
  }
}

/** A module of the sources that imports nothing. */
async function importSource(file) {
  const { code } = await esbuild.transform(await readFile(file), { loader: "ts" });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

/** Runs a package's program with this Node; the build ends if it fails. */
async function run(program, args) {
  const child = spawn(process.execPath, [join("node_modules", program), ...args], {
    stdio: "inherit",
  });
  const code = await new Promise((done) => child.once("exit", done));
  if (code !== 0) fail(`Cannot build: ${basename(program)} ${args.join(" ")} ended with ${code}`);
}

async function replace(path, contents) {
  const old = await readFile(path).catch(() => undefined);
  if (old?.equals(Buffer.from(contents))) return;
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, contents);
  await rename(draft, path);
}

async function newest(paths) {
  const times = await Promise.all(paths.map((path) => stat(path).catch(() => ({ mtimeMs: 0 }))));
  return Math.max(...times.map((time) => time.mtimeMs));
}

async function filesBelow(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

async function exists(path) {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
