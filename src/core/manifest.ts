/**
 * What a guest module says of itself: the section that `tokiwa build` writes into it.
 *
 * @module
 */

import type { GuestArrayType } from "./arrays.ts";

/** The way guests and the core speak to each other. Changes with every incompatible change. */
export const GUEST_ABI = 3;
/** The custom section's name. */
export const MANIFEST_SECTION = "tokiwa";
/** That of the table of lines. */
export const LINES_SECTION = "tokiwa.lines";

/** What the standard library of guests may import from the host, besides what every guest does. */
export const GUEST_LIBRARY = [
  ...["console.log", "console.debug", "console.info", "console.warn", "console.error"],
  ...["console.assert", "trace", "Date.now", "performance.now", "seed", "randomize"],
  ...["argument", "variable", "exit"],
] as const;

/** The module that guests import WASI from. */
export const WASI = "wasi_snapshot_preview1";

/** The functions of that module. */
export const WASI_FUNCTIONS = [
  ...["args_get", "args_sizes_get", "environ_get", "environ_sizes_get"],
  ...["clock_res_get", "clock_time_get", "fd_advise", "fd_allocate", "fd_close", "fd_datasync"],
  ...["fd_fdstat_get", "fd_fdstat_set_flags", "fd_fdstat_set_rights", "fd_filestat_get"],
  ...["fd_filestat_set_size", "fd_filestat_set_times", "fd_pread", "fd_prestat_get"],
  ...["fd_prestat_dir_name", "fd_pwrite", "fd_read", "fd_readdir", "fd_renumber", "fd_seek"],
  ...["fd_sync", "fd_tell", "fd_write", "path_create_directory", "path_filestat_get"],
  ...["path_filestat_set_times", "path_link", "path_open", "path_readlink"],
  ...["path_remove_directory", "path_rename", "path_symlink", "path_unlink_file"],
  ...["poll_oneoff", "proc_exit", "proc_raise", "random_get", "sched_yield"],
  ...["sock_accept", "sock_recv", "sock_send", "sock_shutdown"],
] as const;

/** Those of the library. */
export type GuestLibrary = Readonly<Record<(typeof GUEST_LIBRARY)[number], unknown>>;

/** The type of an argument or a value of a guest's task, as TypeScript sees it. */
export type GuestType = GuestValueType | GuestHandleType;

/** Of what carries values, with the type of those. */
export type GuestHandleType =
  | "Semaphore"
  | "Notify"
  | "CancellationToken"
  | "Barrier"
  | `${GuestCarrier}<${string}>`;

/** What carries values: locks, ends of channels, and what is set once. */
export type GuestCarrier =
  | "Mutex"
  | "RwLock"
  | "OnceCell"
  | "SetOnce"
  | "mpsc.Sender"
  | "mpsc.Receiver"
  | "oneshot.Sender"
  | "broadcast.Sender"
  | "broadcast.Receiver"
  | "watch.Sender"
  | "watch.Receiver";

/** What a type is called, and what it is one of: `mpsc.Sender<u64>` is one of `u64`. */
export function partsOf(type: string): { name: string; of: string | undefined } {
  const { name = type, of } = /^(?<name>[\w.]+)<(?<of>.+)>$/.exec(type)?.groups ?? {};
  return { name, of };
}

/** What is copied. A `buffer` is bytes. */
export type GuestValueType =
  | "void"
  | "bool"
  | "i32"
  | "u32"
  | "i64"
  | "u64"
  | "f64"
  | "string"
  | "buffer"
  | GuestArrayType;

/** A function that can be spawned. */
export interface GuestTaskEntry {
  readonly name: string;
  /** The export to call: the function, or what makes its arguments out of the task's payload. */
  readonly export: string;
  /** How the core calls it: ENTRY_* of the argument, plus ENTRY_RESULT times that of the value. */
  readonly shape: number;
  readonly parameters: readonly GuestType[];
  readonly result: GuestType;
}

/** A TypeScript function that a guest calls. */
export interface GuestFunction {
  readonly name: string;
  readonly parameters: readonly GuestValueType[];
  readonly result: GuestValueType;
}

export interface GuestManifest {
  readonly abi: number;
  /** Where its statics stand in the shared memory: from, and up to where. */
  readonly statics: readonly [number, number];
  readonly tasks: readonly GuestTaskEntry[];
  /** What it calls, each by its place in this list. */
  readonly functions: readonly GuestFunction[];
}

/** Which lines of its source a guest's code comes from; read by `src/guest/lines.ts`. */
export interface LineTable {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/**
 * Compiles a guest.
 *
 * @throws {TypeError} If it is no module.
 */
export function compileGuest(code: Uint8Array, source: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(code as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    throw new TypeError(`Cannot load guest ${source}: it is no WebAssembly module`, { cause });
  }
}

/**
 * Reads a module's manifest.
 *
 * @throws {TypeError} If it has none, or one of another ABI; the error says how to rebuild it.
 */
export function manifestOf(module: WebAssembly.Module, source: string): GuestManifest {
  const manifest = sectionOf<GuestManifest>(module, MANIFEST_SECTION);
  const rebuild = `rebuild it with: npx tokiwa build ${sourceOf(source)} -o ${source}`;
  if (manifest === undefined) {
    throw new TypeError(`Cannot load guest ${source}: tokiwa did not build it; ${rebuild}`);
  }
  if (manifest.abi !== GUEST_ABI) {
    throw new TypeError(
      `Cannot load guest ${source}: it was built for ABI ${manifest.abi}, ` +
        `and this is ABI ${GUEST_ABI}; ${rebuild}`,
    );
  }
  return manifest;
}

/** The contents of a section that the build tool has written. */
export function sectionOf<T>(module: WebAssembly.Module, name: string): T | undefined {
  const [section] = WebAssembly.Module.customSections(module, name);
  return section && (JSON.parse(new TextDecoder().decode(section)) as T);
}

/** What the source of a module is most likely called. */
function sourceOf(source: string): string {
  return source.replace(/\.wasm$/, ".ts");
}
