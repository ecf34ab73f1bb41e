/**
 * Slots: where guests have their static data in the runtime's memory. Those of one runtime need one
 * each, and the build tool sees one guest at a time: so it looks at those that are there already.
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { STATICS_FIRST, STATICS_SLOT, STATICS_SLOTS } from "../../../assembly/shared/limits.ts";
import {
  compileGuest,
  type GuestManifest,
  MANIFEST_SECTION,
  sectionOf,
} from "../../core/manifest.ts";

/** @throws {RangeError} If there is no such slot. */
export function checkSlot(slot: number): void {
  if (Number.isInteger(slot) && slot >= 0 && slot < STATICS_SLOTS) return;
  const range = `a whole number from 0 to ${STATICS_SLOTS - 1}`;
  throw new RangeError(`Cannot build guest: slot must be ${range}, got ${slot}`);
}

/** The slot of a guest of this name, or the next one that is not taken; if all are, its own. */
export function freeSlot(name: string, taken: ReadonlySet<number> = new Set()): number {
  const own = slotOf(name);
  for (let step = 0; step < STATICS_SLOTS; step++) {
    const slot = (own + step) % STATICS_SLOTS;
    if (!taken.has(slot)) return slot;
  }
  return own;
}

/** The slots of the guests that stand beside a module: they may be loaded with it. */
export async function slotsBeside(outFile: string): Promise<Set<number>> {
  const folder = dirname(resolve(outFile));
  const files = await readdir(folder).catch(() => []);
  const others = files.filter((file) => file.endsWith(".wasm") && file !== basename(outFile));
  const slots = await Promise.all(others.map((file) => slotsOf(join(folder, file))));
  return new Set(slots.flat());
}

/** The slots that a module has; none if it is no guest. */
async function slotsOf(path: string): Promise<number[]> {
  let manifest: GuestManifest | undefined;
  try {
    const module = compileGuest(await readFile(path), path);
    manifest = sectionOf<GuestManifest>(module, MANIFEST_SECTION);
  } catch {
    return []; // It is no module, or gone by now.
  }
  if (manifest === undefined) return [];
  const [from, to] = manifest.statics;
  const first = Math.floor((from - STATICS_FIRST) / STATICS_SLOT);
  const count = Math.ceil((to - STATICS_FIRST) / STATICS_SLOT) - first;
  return Array.from({ length: count }, (_, index) => first + index);
}

/** What a guest of this name has if nothing is in its way. */
function slotOf(name: string): number {
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % STATICS_SLOTS;
}
