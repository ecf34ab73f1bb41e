/**
 * A plugin for esbuild: `import url from "./counter.as.ts"` builds a guest, and is its address.
 *
 * @module
 */

import { basename } from "node:path";
import { GuestBuildError } from "../../error/guest-build.ts";
import { compile } from "./compile.ts";
import { freeSlot } from "./slots.ts";

/** How the plugin builds guests. */
export interface GuestPluginOptions {
  /** Optimises less, for traces that stay close to the source. */
  readonly debug?: boolean;
  /**
   * Where a guest's static data goes, by the name of its file; see `BuildOptions.slot`. The others
   * get slots that are free.
   */
  readonly slots?: Readonly<Record<string, number>>;
  /** Gives all of them WASI; see `BuildOptions.wasi`. */
  readonly wasi?: boolean;
}

/** What the plugin uses of esbuild's own `PluginBuild`. */
interface PluginBuild {
  onResolve(
    options: { filter: RegExp; namespace?: string },
    callback: (args: { path: string }) => { path: string; namespace: string },
  ): void;
  onLoad(
    options: { filter: RegExp; namespace?: string },
    callback: (args: { path: string }) => unknown,
  ): void;
}

/** A plugin, as esbuild wants it. */
export interface GuestPlugin {
  readonly name: string;
  setup(build: PluginBuild): void;
}

const SOURCE = /\.as\.ts$/;
/** The namespace of what the plugin makes itself. */
const MODULE = "tokiwa-guest";

/**
 * Makes the plugin. An import of `*.as.ts` becomes the `URL` of the guest, for `runtime.load`; the
 * module is written beside the bundle.
 *
 * @example
 * ```typescript
 * import { build } from "esbuild";
 * import { guests } from "tokiwa/esbuild";
 *
 * const options = { entryPoints: ["app.ts"], bundle: true, format: "esm", outdir: "out" };
 * await build({ ...options, plugins: [guests()] });
 * ```
 */
export function guests(options: GuestPluginOptions = {}): GuestPlugin {
  /** By the name that the bundle imports them by. */
  const modules = new Map<string, Uint8Array>();
  /** By the path of the source. */
  const slots = new Map<string, number>();
  return {
    name: "tokiwa",
    setup(build) {
      build.onLoad({ filter: SOURCE }, ({ path }) => {
        return load(path, options, slots, modules);
      });
      build.onResolve({ filter: new RegExp(`^${MODULE}:`) }, ({ path }) => {
        return { path: path.slice(MODULE.length + 1), namespace: MODULE };
      });
      build.onLoad({ filter: /./, namespace: MODULE }, ({ path }) => {
        return { contents: modules.get(path), loader: "file" };
      });
    },
  };
}

/** Compiles a guest, and makes the module that stands for it in the bundle. */
async function load(
  path: string,
  { debug, slots: wanted = {}, wasi }: GuestPluginOptions,
  slots: Map<string, number>,
  modules: Map<string, Uint8Array>,
): Promise<unknown> {
  const inputs = new Set<string>();
  const wasmPath = path.replace(SOURCE, ".wasm");
  const name = basename(wasmPath);
  const taken = new Set([...Object.values(wanted), ...slots.values()]);
  const slot = wanted[basename(path)] ?? slots.get(path) ?? freeSlot(name, taken);
  slots.set(path, slot);
  try {
    const guest = await compile({ entry: path, name, debug, slot, wasi }, inputs);
    modules.set(wasmPath, guest.wasm);
  } catch (error) {
    if (!(error instanceof GuestBuildError)) throw error;
    return { errors: messagesOf(error), watchFiles: [...inputs] };
  }
  const contents =
    `import file from ${JSON.stringify(`${MODULE}:${wasmPath}`)};\n` +
    "export default new URL(file, import.meta.url);\n";
  return { contents, loader: "js", watchFiles: [...inputs] };
}

function messagesOf({ findings }: GuestBuildError): unknown[] {
  return findings.map(({ file, line, column, lineText, message }) => ({
    text: message,
    location: file === undefined ? null : { file, line, column: column - 1, lineText },
  }));
}
