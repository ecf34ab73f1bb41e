/**
 * Handlers of edge functions as one file, as the tools of such platforms make it.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { build } from "esbuild";

/**
 * Bundles a module for a platform that goes by `condition`; the folder of the core's file is told
 * as well, which stays apart.
 *
 * @param options What else the platform's own tool says.
 */
export async function bundleFor(condition, entry, options) {
  let core;
  const findCore = ({ onResolve }) =>
    onResolve({ filter: /\.edge\.wasm(\?module)?$/ }, ({ path, resolveDir }) => {
      core = `${resolveDir}/${path.replace("?module", "")}`;
      return { path: "core.edge.wasm", external: true };
    });
  const { outputFiles } = await build({
    entryPoints: [entry],
    // That of the project leads to the sources.
    tsconfigRaw: {},
    bundle: true,
    conditions: [condition],
    external: ["cloudflare:*"],
    target: "es2022",
    plugins: [{ name: "find-core", setup: findCore }],
    write: false,
    logLevel: "error",
    ...options,
  });
  return { code: outputFiles[0].text, core: await readFile(core) };
}
