/**
 * From places in a guest's code to lines of its source, for the traces of traps.
 *
 * The build tool writes a table into the module: `sources`, and `mappings`, which are numbers as
 * source maps have them. Three are one entry: how far its code is behind that of the one before,
 * and how far its source, as a place in the list, and its line.
 *
 * @module
 */

import { TASK_FUNCTION } from "../../assembly/shared/layout.ts";
import { guestAt, type InstalledGuest, linesOf } from "../core/guests.ts";
import type { LineTable } from "../core/manifest.ts";
import type { Thread } from "../core/thread.ts";

/** The code from here on, up to the next entry, comes from this line. */
interface LineEntry {
  readonly offset: number;
  readonly source: string;
  /** The first is 1. */
  readonly line: number;
}

/** Only guests have named functions: the core that is published has none. */
const FRAME = /^ +at (.+) \(wasm:\/\/.*:0x([0-9a-f]+)\)$/gm;
/** A frame of the core's: nothing can be told of it. */
const NAMELESS = /^ +at wasm:\/\/.*\n?/gm;
/** What the guest has not written: the compiler's library, and the SDK. */
const LIBRARY = "~lib/";
/** Where a library says that it has trapped. */
const IN_LIBRARY = /at ~lib\/\S+$/;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Those of guests of which a task has trapped before. A server may have tasks that do so often. */
const entriesKnown = new WeakMap<InstalledGuest, readonly LineEntry[]>();

/**
 * Writes lines of the source into the trace of what a guest's task has thrown. If it was a library
 * that trapped, the message says what of the guest's own has called it.
 */
export function nameLines(thread: Thread, task: number, error: unknown): void {
  if (!(error instanceof Error) || !error.stack?.includes("wasm://")) return;
  const guest = guestAt(thread, thread.u32[(task + TASK_FUNCTION) >> 2] as number);
  if (guest === undefined) return;
  const entries = entriesFor(thread, guest);
  let caller: string | undefined;
  const named = error.stack.replace(FRAME, (frame, name: string, offset: string) => {
    const place = placeOf(entries, Number.parseInt(offset, 16));
    if (place === undefined) return frame;
    // A library's line, in a function of the guest's, was inlined there.
    if (!name.startsWith(LIBRARY))
      caller ??= place.startsWith(LIBRARY) ? `in ${name}` : `at ${place}`;
    return `    at ${name} (${place})`;
  });
  const { message } = error;
  if (caller !== undefined) error.message = message.replace(IN_LIBRARY, caller);
  error.stack = named.replace(NAMELESS, "").replace(message, () => error.message);
}

/** Of a guest that asc itself has made, none. */
function entriesFor(thread: Thread, guest: InstalledGuest): readonly LineEntry[] {
  const known = entriesKnown.get(guest);
  if (known !== undefined) return known;
  const table = linesOf(thread, guest);
  const entries = table === undefined ? [] : entriesOf(table);
  entriesKnown.set(guest, entries);
  return entries;
}

function entriesOf({ sources, mappings }: LineTable): LineEntry[] {
  const entries: LineEntry[] = [];
  const numbers = numbersIn(mappings);
  let [offset, source, line] = [0, 0, 0];
  for (let at = 0; at < numbers.length; at += 3) {
    offset += numbers[at] as number;
    source += numbers[at + 1] as number;
    line += numbers[at + 2] as number;
    entries.push({ offset, source: sources[source] as string, line });
  }
  return entries;
}

/** The line that a place in the code comes from: perhaps of another function, which was inlined. */
function placeOf(entries: readonly LineEntry[], offset: number): string | undefined {
  const entry = entries.findLast((other) => other.offset <= offset);
  return entry && `${entry.source}:${entry.line}`;
}

/** Numbers as source maps have them: five bits a letter, the lowest first, and then the sign. */
export function numbersIn(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of text) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

/** One number, written so. */
export function textOf(number: number): string {
  let text = "";
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  do {
    const digit = rest & 31;
    rest >>= 5;
    text += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}
