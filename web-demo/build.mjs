/** Builds the demo into build/web-demo/: the page, its guests, and tokiwa as one file. */
import { cp, mkdir, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildGuest } from "tokiwa/build";

const source = fileURLToPath(new URL(".", import.meta.url));
/** Where the built page is. */
export const folder = fileURLToPath(new URL("../build/web-demo/", import.meta.url));

/** Builds all of it. */
export async function buildDemo() {
  await mkdir(folder, { recursive: true });
  const tokiwa = fileURLToPath(import.meta.resolve("tokiwa/browser"));
  const guests = (await readdir(source)).filter((name) => name.endsWith(".as.ts"));
  await Promise.all([
    bundle(),
    cp(join(source, "index.html"), join(folder, "index.html")),
    cp(tokiwa, join(folder, "tokiwa.js")),
    // What `npx tokiwa build` does. Guests of one page need static data in different places.
    ...guests.map((name, slot) =>
      buildGuest({
        entry: join(source, name),
        outFile: join(folder, `${basename(name, ".as.ts")}.wasm`),
        slot,
      }),
    ),
  ]);
}

function bundle() {
  return build({
    entryPoints: [join(source, "app.ts"), join(source, "style.css")],
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    sourcemap: true,
    // The page's import map says where it is: its workers begin with the very same file.
    external: ["tokiwa"],
    loader: { ".woff2": "file" },
    tsconfigRaw: {},
    logLevel: "warning",
  });
}
