/**
 * Loading guests: modules of Wasm tasks, built by `tokiwa build`.
 *
 * @module
 */

import { platform } from "#platform";
import { STATICS_FIRST, STATICS_SLOT } from "../../assembly/shared/limits.ts";
import { guestOf, guestsOf, isKnownToAll, publish } from "../core/guests.ts";
import { compileGuest, type GuestManifest, manifestOf } from "../core/manifest.ts";
import type { Thread } from "../core/thread.ts";
import { checkOptions, unexpected, wrongType } from "../error/check.ts";
import { UnsupportedError } from "../error/unsupported.ts";
import { registerKinds } from "../sync/kinds.ts";
import { GuestTask } from "../task/guest-task.ts";
import { ThreadRunner } from "../task/runner.ts";
import { answerCalls, type CallableEntry, type GuestFunctions } from "./calls.ts";
import { ThreadGuestHost } from "./host.ts";

/** The tasks of a guest, by name. */
export type GuestTasks = Record<string, GuestTask<never, unknown>>;

/** What a guest is loaded with. */
export interface LoadOptions<F extends object = GuestFunctions> {
  /**
   * What the guest calls, by name: each function that it declares. They run on the thread that has
   * made the runtime, and may be async; the task that calls waits, and its worker does not. The
   * last argument is the {@linkcode GuestCall}. What a function throws, the calling task ends of.
   */
  readonly functions?: F;
}

/** Loads a guest into the runtime of `thread`; see `Runtime.load`. */
export async function loadGuest(
  thread: Thread,
  source: URL | Uint8Array,
  options: LoadOptions<object> | undefined,
): Promise<GuestTasks> {
  if (!(source instanceof URL || source instanceof Uint8Array)) {
    throw unexpected("load guest", "a URL or the module's bytes", source);
  }
  // They come as bytes, of which nothing may be made there.
  if (platform.name === "edge") throw new UnsupportedError("guests", "edge", "tasks in JavaScript");
  const name = source instanceof URL ? fileName(source) : "guest.wasm";
  const { functions } = checkOptions(`load guest ${name}`, options, ["functions"]);
  const code = source instanceof URL ? await read(source) : source;
  const module = compileGuest(code, name);
  const manifest = manifestOf(module, name);
  const entries = entriesOf(manifest, functions, name);
  registerKinds(); // So that guests' handles can become ours.
  thread.runner ??= new ThreadRunner(thread); // For what tasks throw, and functions.
  thread.guests ??= new ThreadGuestHost(thread);
  const record = publish(thread, code, () => checkStatics(thread, manifest, name));
  answerCalls(thread, guestOf(thread, record).base, entries);
  thread.wantThreads();
  while (!isKnownToAll(thread, record)) {
    await new Promise<void>((resolve) => thread.driver.defer(resolve));
  }
  return tasksOf(thread, record);
}

function tasksOf(thread: Thread, record: number): GuestTasks {
  const { manifest, firstEntry } = guestOf(thread, record);
  const tasks: GuestTasks = {};
  for (const [index, { name, shape, parameters, result }] of manifest.tasks.entries()) {
    const place = firstEntry + index;
    const runtime = thread.identity.id;
    tasks[name] = new GuestTask(name, { runtime, place, shape, parameters, result });
  }
  return tasks;
}

/**
 * The functions that a guest calls, in its own order.
 *
 * @throws {TypeError} If one is missing, or is none, or the guest has no use for it.
 */
function entriesOf(
  { functions: wanted }: GuestManifest,
  functions: object | undefined,
  name: string,
): CallableEntry[] {
  const action = `load guest ${name}`;
  const names = wanted.map((types) => types.name);
  const given = checkOptions(action, functions, names, "functions") as Partial<GuestFunctions>;
  return wanted.map((types) => {
    const body = given[types.name];
    if (typeof body === "function") return { types, body };
    throw wrongType(action, `functions.${types.name}, which it calls,`, "a function", body);
  });
}

/**
 * The bytes of a file or of a page.
 *
 * @throws {Error} If there is none; `cause` tells why.
 */
async function read(url: URL): Promise<Uint8Array> {
  try {
    const { readFile } = platform;
    if (url.protocol === "file:" && readFile !== undefined) return await readFile(url);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new Error(`Cannot load guest: ${url.href} cannot be read`, { cause });
  }
}

/**
 * Two guests with statics in one place would write over each other's text.
 *
 * @throws {RangeError} If there is another one; the error says how to build this one elsewhere.
 */
function checkStatics(thread: Thread, { statics }: GuestManifest, name: string): void {
  const [from, to] = statics;
  for (const { manifest } of guestsOf(thread)) {
    const [otherFrom, otherTo] = manifest.statics;
    if (from >= otherTo || otherFrom >= to) continue;
    const slot = Math.floor((otherFrom - STATICS_FIRST) / STATICS_SLOT);
    throw new RangeError(
      `Cannot load guest ${name}: another guest, or this one loaded before, has its statics in ` +
        `slot ${slot}; build one of them with another --slot`,
    );
  }
}

function fileName(url: URL): string {
  return url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
}
