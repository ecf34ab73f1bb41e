/**
 * The guests of a runtime, as a list of records in the shared memory: newest first.
 *
 * Every thread that runs Wasm tasks has an instance of each, at the same places of its core's
 * table. Whoever is about to turn the core and finds a record that it does not know makes its
 * instance first. So threads that start later, or replace one that died, need no message.
 *
 * @module
 */

import {
  GUEST_BYTES,
  GUEST_MODULE,
  GUEST_OLDER,
  RUNTIME_FIRST_WORKER,
  RUNTIME_GUESTS,
  RUNTIME_WORKERS,
  WORKER_GUESTS,
  WORKER_SIZE,
  WORKER_STATE,
} from "../../assembly/shared/layout.ts";
import { ERROR_UNSUPPORTED } from "../../assembly/shared/verdicts.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import type { CoreExports, FunctionTable } from "./exports.ts";
import { textAt } from "./load.ts";
import {
  compileGuest,
  type GuestManifest,
  LINES_SECTION,
  type LineTable,
  manifestOf,
  sectionOf,
} from "./manifest.ts";
import type { Thread } from "./thread.ts";
import { withoutSharing } from "./unshared.ts";

/** A guest that this thread has an instance of. */
export interface InstalledGuest {
  readonly manifest: GuestManifest;
  /** Its number: the first place in the core's table that is its own. */
  readonly base: number;
  /** The place in the core's table of the first of the manifest's tasks. */
  readonly firstEntry: number;
  /** The address of its record. */
  readonly record: number;
}

const installed = new WeakMap<Thread, InstalledGuest[]>();

/** The guest of which {@linkcode publish} has returned the record. */
export function guestOf(thread: Thread, record: number): InstalledGuest {
  return guestsOf(thread).find((guest) => guest.record === record) as InstalledGuest;
}

/** The guests of which `thread` has instances, oldest first. */
export function guestsOf(thread: Thread): readonly InstalledGuest[] {
  return installed.get(thread) ?? [];
}

/** The name of the task whose function stands at `place` of the core's table, if it has one. */
export function taskNameAt(thread: Thread, place: number): string | undefined {
  for (const { manifest, firstEntry } of guestsOf(thread)) {
    const task = manifest.tasks[place - firstEntry];
    if (task !== undefined) return task.name;
  }
  return undefined;
}

/** The guest whose function stands at a place of the core's table. */
export function guestAt(thread: Thread, place: number): InstalledGuest | undefined {
  return guestsOf(thread).findLast(({ base }) => base <= place);
}

/** The table of lines in a guest, if it has one. */
export function linesOf(thread: Thread, { record }: InstalledGuest): LineTable | undefined {
  return sectionOf<LineTable>(moduleOf(thread, record), LINES_SECTION);
}

/**
 * Makes a guest known to all threads, and makes this thread's instance. Called on home.
 * Returns its record: the others know it once {@linkcode isKnownToAll} says so.
 *
 * @param check Called once this thread has an instance of every guest there is. May throw.
 * @throws {OutOfMemoryError} If the memory has no room for its code, or for every worker's frames.
 * @throws {TypeError} If it cannot be instantiated. Nobody else has heard of it then.
 */
export function publish(thread: Thread, code: Uint8Array, check: () => void): number {
  const { u32, core } = thread;
  if (!core.enableGuests()) throw new OutOfMemoryError("load guest");
  const record = core.allocate(GUEST_MODULE + code.byteLength);
  if (record === 0) throw new OutOfMemoryError("load guest");
  thread.bytes.set(code, record + GUEST_MODULE);
  u32[(record + GUEST_BYTES) >> 2] = code.byteLength;
  try {
    enlist(thread, record, check);
  } catch (error) {
    core.release(record);
    throw error;
  }
  for (let index = 0; index < workersOf(thread); index++) core.unpark(index);
  installGuests(thread);
  return record;
}

/** Makes a record the newest, if its guest is one that all threads can make an instance of. */
function enlist(thread: Thread, record: number, check: () => void): void {
  const { u32 } = thread;
  const newest = (thread.runtime + RUNTIME_GUESTS) >> 2;
  // Ends when no other thread publishes between the look at the newest and our taking its place.
  for (;;) {
    installGuests(thread);
    check();
    tryOut(thread, record);
    const older = thread.newestGuest;
    u32[(record + GUEST_OLDER) >> 2] = older;
    if (Atomics.compareExchange(u32, newest, older, record) === older) return;
  }
}

/** Makes an instance for nobody: what fails here would fail on every worker, and end it. */
function tryOut(thread: Thread, record: number): void {
  try {
    const module = moduleOf(thread, record);
    new WebAssembly.Instance(module, importsOf(thread, module, thread.core.table.length));
  } catch (cause) {
    throw new TypeError("Cannot load guest: it cannot be instantiated", { cause });
  }
}

/** Has every worker that is there now an instance of the guest? */
export function isKnownToAll(thread: Thread, record: number): boolean {
  const { u32 } = thread;
  const first = u32[(thread.runtime + RUNTIME_FIRST_WORKER) >> 2] as number;
  for (let index = 0; index < workersOf(thread); index++) {
    const worker = first + index * WORKER_SIZE;
    if (Atomics.load(u32, (worker + WORKER_STATE) >> 2) === 0) continue;
    // Records never move down: whoever knows a later one knows this.
    const known = Atomics.load(u32, (worker + WORKER_GUESTS) >> 2);
    if (!isFrom(thread, known, record)) return false;
  }
  return true;
}

function workersOf(thread: Thread): number {
  return thread.u32[(thread.runtime + RUNTIME_WORKERS) >> 2] as number;
}

/** Is `record` the record `known`, or one before it? */
function isFrom(thread: Thread, known: number, record: number): boolean {
  for (let at = known; at !== 0; at = thread.u32[(at + GUEST_OLDER) >> 2] as number) {
    if (at === record) return true;
  }
  return false;
}

/** Makes this thread's instances of all guests that it does not know yet. */
export function installGuests(thread: Thread): void {
  const { u32, runtime, worker } = thread;
  const newest = Atomics.load(u32, (runtime + RUNTIME_GUESTS) >> 2);
  const records: number[] = [];
  for (let at = newest; at !== thread.newestGuest; at = u32[(at + GUEST_OLDER) >> 2] as number) {
    records.push(at);
  }
  for (const record of records.reverse()) install(thread, record);
  thread.newestGuest = newest;
  Atomics.store(u32, (worker + WORKER_GUESTS) >> 2, newest);
}

function install(thread: Thread, record: number): void {
  const { core } = thread;
  const module = moduleOf(thread, record);
  const manifest = manifestOf(module, "guest");
  const base = core.table.length; // On every thread the same: all install in one order.
  const { exports } = new WebAssembly.Instance(module, importsOf(thread, module, base));
  const { table: own } = exports as unknown as { table: FunctionTable };
  const firstEntry = base + own.length;
  core.table.grow(own.length + manifest.tasks.length);
  for (let index = 0; index < own.length; index++) core.table.set(base + index, own.get(index));
  for (const [index, task] of manifest.tasks.entries()) {
    core.table.set(firstEntry + index, exports[task.export]);
  }
  installed.set(thread, [...guestsOf(thread), { manifest, base, firstEntry, record }]);
}

function moduleOf({ u32, bytes, sharesMemory }: Thread, record: number): WebAssembly.Module {
  const size = u32[(record + GUEST_BYTES) >> 2] as number;
  const code = new Uint8Array(size);
  code.set(bytes.subarray(record + GUEST_MODULE, record + GUEST_MODULE + size));
  // Engines keep what they made of the same bytes on another thread: nothing is compiled twice.
  return compileGuest(sharesMemory ? code : withoutSharing(code), "guest");
}

type Imports = ConstructorParameters<typeof WebAssembly.Instance>[1] & object;

/** What a guest is given: the memory, asyncify's state, and what the core does for it. */
function importsOf(thread: Thread, module: WebAssembly.Module, base: number): Imports {
  const { core, memory, guests } = thread;
  const imports = {
    ...guests?.imports,
    env: {
      ...guests?.imports.env,
      memory,
      abort: (message: number, file: number, line: number, column: number): never => {
        const text = textAt(memory, message) || "aborted";
        throw new WebAssembly.RuntimeError(`${text} at ${textAt(memory, file)}:${line}:${column}`);
      },
      __asyncify_state: core.asyncifyState,
      __asyncify_data: core.asyncifyData,
      __table_base: base,
    },
    tokiwa: core.socketEvents !== undefined ? core : { ...refusedSockets(module, core), ...core },
  };
  return imports as unknown as Imports;
}

/** What a guest wants of a core that has no sockets: to open one is answered with a refusal. */
function refusedSockets(
  module: WebAssembly.Module,
  core: CoreExports,
): Record<string, () => number> {
  const wanted = WebAssembly.Module.imports(module).filter(({ module }) => module === "tokiwa");
  const missing = wanted.filter(({ name }) => !(name in core));
  return Object.fromEntries(missing.map(({ name }) => [name, () => -ERROR_UNSUPPORTED]));
}
