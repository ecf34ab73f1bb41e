/**
 * Checks of what callers pass, with errors that say what to do about it.
 *
 * Each is told first what the caller was about to do, such as `build runtime`: errors begin so.
 *
 * @module
 */

import { atCaller } from "./at-caller.ts";

/** As many letters in common at the beginning, and it is the same word. A guess: `worker` has 6. */
const STEM_LETTERS = 6;
/** Longer text is cut where an error repeats it. */
const SHOWN_MAX = 60;

/** The names of all options of a kind: one that is left out does not compile. */
export function optionNames<T>(names: Record<keyof T, 0>): (keyof T & string)[] {
  return Object.keys(names) as (keyof T & string)[];
}

/**
 * An object that holds no options but the known ones; an empty one for undefined. A key that is
 * set to undefined must exist all the same.
 *
 * @param group The option that the object stands in, if it does.
 */
export function checkOptions<T extends object>(
  action: string,
  options: T | undefined,
  known: readonly string[],
  group?: string,
): Partial<T> {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw wrongType(action, group ?? "options", "an object", options);
  }
  // A class may well hold options. One that has none of them was meant for something else.
  if (classOf(options) !== undefined && !known.some((key) => key in options)) {
    throw wrongType(action, group ?? "options", `an object such as { ${known[0]} }`, options);
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw unknownOption(action, key, known, group);
  }
  return options;
}

/** A whole number within bounds. */
export function checkWhole(
  action: string,
  name: string,
  value: unknown,
  from: number,
  to: number,
): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= from && value <= to) {
    return value;
  }
  throw outOfRange(action, name, `a whole number from ${from} to ${to}`, value);
}

/** A number within bounds. */
export function checkNumber(
  action: string,
  name: string,
  value: unknown,
  from: number,
  to: number,
): number {
  if (typeof value === "number" && value >= from && value <= to) return value;
  const bounds = to === Infinity ? `${from} or more` : `from ${from} to ${to}`;
  throw outOfRange(action, name, `a number, ${bounds}`, value);
}

/** One of a few words. */
export function checkWord<W extends string>(
  action: string,
  name: string,
  value: unknown,
  words: readonly W[],
): W {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw outOfRange(action, name, words.map((word) => `"${word}"`).join(" or "), value);
}

export function checkBoolean(action: string, name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw wrongType(action, name, "true or false", value);
}

export function checkString(action: string, name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw wrongType(action, name, "a string with something in it", value);
}

/** A function among options, or undefined. */
export function checkHook<F>(action: string, name: string, value: F | undefined): F | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw wrongType(action, name, "a function", value);
}

/** Anything that behaves as an AbortSignal does, or undefined. */
export function checkSignal(action: string, value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined;
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
  if (typeof aborted === "boolean" && typeof addEventListener === "function") {
    return value as AbortSignal;
  }
  throw wrongType(action, "signal", "an AbortSignal", value);
}

const asyncGeneratorFunction = Object.getPrototypeOf(async function* () {}) as object;

/** A function that can be waited for: an async generator gives values, but has none. */
export function checkBody(action: string, body: unknown): void {
  if (typeof body !== "function") throw unexpected(action, "a function", body);
  if (Object.getPrototypeOf(body) !== asyncGeneratorFunction) return;
  throw atCaller(
    new TypeError(`Cannot ${action}: an async generator function has no value to wait for`),
  );
}

/** What a constructor that is not for callers was given; they leave it out. */
export function checkMade<T>(name: string, made: T, instead: string): T {
  if (made !== undefined) return made;
  throw atCaller(new TypeError(`Cannot make ${name}: use ${instead}`));
}

/** The error for an argument or option that may have other values of its type. */
export function outOfRange(
  action: string,
  name: string,
  wanted: string,
  found: unknown,
): RangeError {
  return atCaller(
    new RangeError(`Cannot ${action}: ${name} must be ${wanted}, got ${show(found)}`),
  );
}

/** The error for an argument or option of the wrong type. */
export function wrongType(action: string, name: string, wanted: string, found: unknown): TypeError {
  return atCaller(new TypeError(`Cannot ${action}: ${name} must be ${wanted}, got ${show(found)}`));
}

/** The error for the wrong type of the one thing that the call is about. */
export function unexpected(action: string, wanted: string, found: unknown): TypeError {
  return atCaller(new TypeError(`Cannot ${action}: expected ${wanted}, got ${show(found)}`));
}

/** A value as errors call it. */
export function show(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value);
  }
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  if (value instanceof Promise) return "a promise";
  const name = classOf(value);
  return name === undefined ? "an object" : `an instance of ${name}`;
}

/** The name of the class that `value` is of; undefined if it is a plain object. */
function classOf(value: object): string | undefined {
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object" ? name : undefined;
}

function unknownOption(
  action: string,
  key: string,
  known: readonly string[],
  group: string | undefined,
): TypeError {
  const inside = group === undefined ? "" : `${group}.`;
  const meant = closest(key, known);
  const hint = meant === undefined ? "" : `, did you mean "${inside}${meant}"?`;
  return atCaller(new TypeError(`Cannot ${action}: there is no option "${inside}${key}"${hint}`));
}

/** The known key that `key` was probably meant to be. */
function closest(key: string, known: readonly string[]): string | undefined {
  const wanted = key.toLowerCase();
  const ranked = known
    .map((name) => ({ name, distance: distanceTo(wanted, name.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(2, key.length / 3) ? best.name : undefined;
}

/** How far a known key is from the wanted one; not at all if they begin with the same word. */
function distanceTo(wanted: string, name: string): number {
  let common = 0;
  while (common < wanted.length && wanted[common] === name[common]) common += 1;
  const isStem = common >= STEM_LETTERS || common === wanted.length || common === name.length;
  return isStem ? 1 / common : editDistance(wanted, name);
}

/** How many letters to add, remove or change to make one word of the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const change = at(row, column - 1) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(change, at(row, column) + 1, at(next, column - 1) + 1));
    }
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] as number;
}
