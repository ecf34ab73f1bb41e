/**
 * Compiles the core with its inside turned out, for tests of single rooms.
 *
 * The entry is made from the sources: every exported function of every room under the name
 * `room__function`. Tests and worker threads reach them through `fixtures/instance.mjs`.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  RUNTIME_THREADS,
  WORKER_ENDED,
  WORKER_READY,
  WORKER_READY_COUNT,
  WORKER_SPAWNED,
} from "../../../assembly/shared/layout.ts";
import { TURN_READY } from "../../../assembly/shared/verdicts.ts";
import { root, sourcesIn } from "../../tidy/source.ts";
import { instantiate } from "../fixtures/instance.mjs";

// biome-ignore lint/suspicious/noExplicitAny: their functions take numbers, and bigints for u64.
export type Rooms = Readonly<Record<string, any>>;

/** The probe's module; compiled once for each state of the sources. */
export function compileProbe(target: "shared" | "model" = "shared"): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(compile(target)));
}

function compile(target: string): string {
  const sources = sourcesIn("assembly").sort((a, b) => (a.path < b.path ? -1 : 1));
  const entry = entryOf(sources);
  const options = readFileSync(join(root, "asconfig.json"), "utf8");
  const hash = createHash("sha256").update(entry).update(options);
  for (const { path, text } of sources) hash.update(path).update(text);
  const folder = join(root, "build/probe");
  const output = join(folder, `${target}-${hash.digest("hex").slice(0, 16)}.wasm`);
  mkdirSync(folder, { recursive: true });
  waitForCompiler(join(folder, `lock-${target}`), output);
  if (existsSync(output)) return output;
  const draft = join(folder, `draft-${target}-${process.pid}`);
  writeFileSync(`${draft}.ts`, entry);
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  const config = { ...JSON.parse(options), entries: [] };
  for (const each of Object.values<Record<string, unknown>>(config.targets)) delete each.textFile;
  writeFileSync(`${draft}.json`, JSON.stringify(config));
  execFileSync(
    process.execPath,
    [asc, `${draft}.ts`, "--config", `${draft}.json`, "--target", target, "-o", `${draft}.wasm`],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
  );
  rmSync(`${draft}.ts`);
  rmSync(`${draft}.json`);
  renameSync(`${draft}.wasm`, output);
  rmSync(join(folder, `lock-${target}`), { recursive: true, force: true });
  return output;
}

/** Test files run in processes of their own: the first one compiles, the others wait. */
function waitForCompiler(lock: string, output: string): void {
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; !existsSync(output); waited += 100) {
    try {
      mkdirSync(lock);
      return;
    } catch {
      // Whoever holds the lock may have died.
      if (waited >= 60_000) rmSync(lock, { recursive: true, force: true });
      Atomics.wait(asleep, 0, 0, 100);
    }
  }
}

function entryOf(sources: readonly { readonly path: string; readonly text: string }[]): string {
  return sources
    .filter(({ path }) => !/assembly\/(shared|sdk|sys\/host)/.test(path))
    .map(({ path, text }) => {
      // Two rooms are called park: those of sys/ are sys-park and so on. Lists of exports are one.
      const room = path
        .replace(/\/exports\/\w+/, "/index")
        .replace(/^assembly\/(?:(sys)\/|.*\/)?(.*)\.ts$/, (_, sys, name) =>
          sys ? `sys-${name}` : name,
        )
        .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      const own = [...text.matchAll(/^export function (\w+)/gm)].map(([, name]) => name);
      const passedOn = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list = ""]) =>
        [...list.matchAll(/\w+ as (\w+)/g)].map(([, name]) => name),
      );
      const names = [...own, ...passedOn];
      const list = names.map((name) => `${name} as ${room}__${name}`).join(", ");
      return names.length === 0 ? "" : `export { ${list} } from "../../${path.slice(0, -3)}";`;
    })
    .join("\n");
}

export interface World {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly runtime: number;
  /** The address of worker `index`. */
  worker(index: number): number;
  /** An instance as a thread of its own would have it, attached as `index`. */
  thread(index: number, kind?: number): Rooms;
  read(address: number): number;
  readByte(address: number): number;
  write(address: number, value: number): void;
  writeByte(address: number, value: number): void;
}

export interface WorldOptions {
  readonly workers?: number;
  readonly threads?: number;
  readonly flags?: number;
  readonly pages?: number;
  readonly wakeReactor?: (fd: number) => void;
  readonly wakeFutex?: (address: number) => void;
  readonly waitFutex?: (address: number, expected: number, timeoutMs: number) => void;
  readonly now?: () => number;
}

/** Compiled as the file is loaded, where no test's time runs. */
const module = compileProbe();

/** A fresh memory with a booted runtime. Its threads share it, and run one at a time. */
export function makeWorld(options: WorldOptions = {}): World {
  const { workers = 2, threads = workers + 1, flags = 0, pages = 64 } = options;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const make = () => instantiate(module, memory, options) as Rooms;
  const first = make();
  if (!first.index.boot(workers, threads, flags, 0)) throw new Error("Cannot boot: no room");
  const u32 = new Uint32Array(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);
  const worker = (index: number): number => first.submit.workerAt(index);
  return {
    module,
    memory,
    u32,
    f64: new Float64Array(memory.buffer),
    runtime: first.index.runtimeAddress(),
    worker,
    thread(index, kind = index < workers ? 0 : index === workers ? 1 : 2) {
      const rooms = make();
      rooms.index.attach(index, kind, 1 + index);
      return rooms;
    },
    read: (address) => u32[address >> 2] as number,
    readByte: (address) => bytes[address] as number,
    writeByte(address, value) {
      bytes[address] = value;
    },
    write(address, value) {
      u32[address >> 2] = value;
    },
  };
}

/** What one turn of a worker hands to its host. */
export function turn(world: World, rooms: Rooms, index: number): [value: number, reason: number][] {
  const worker = world.worker(index);
  if (rooms.index.turn(0, true) !== TURN_READY) return [];
  return Array.from({ length: world.read(worker + WORKER_READY_COUNT) }, (_, entry) => [
    world.read(worker + WORKER_READY + entry * 8),
    world.read(worker + WORKER_READY + entry * 8 + 4),
  ]);
}

/** How many tasks have been spawned and have not ended. */
export function aliveTasks(world: World): number {
  let alive = 0;
  for (let index = 0; index < world.read(world.runtime + RUNTIME_THREADS); index++) {
    const count = (field: number) => world.f64[(world.worker(index) + field) >> 3] as number;
    alive += count(WORKER_SPAWNED) - count(WORKER_ENDED);
  }
  return alive;
}
