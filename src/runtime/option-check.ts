/**
 * Checks that options are what they say they are, with errors that say what to do about it.
 *
 * @module
 */

const ACTION = "Cannot build runtime";
/** As many letters in common at the beginning, and it is the same word. A guess: `worker` has 6. */
const STEM_LETTERS = 6;

/** An object that holds options; an empty one for undefined. */
export function checkGroup<T extends object>(name: string, value: T | undefined): Partial<T> {
  if (value === undefined) return {};
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new TypeError(`${ACTION}: ${name} must be an object, got ${show(value)}`);
}

/** Refuses options that do not exist. A key that is set to undefined must exist all the same. */
export function checkKeys(group: object, known: readonly string[], inside = ""): void {
  for (const key of Object.keys(group)) {
    if (known.includes(key)) continue;
    const meant = closest(key, known);
    const hint = meant === undefined ? "" : `, did you mean "${inside}${meant}"?`;
    throw new TypeError(`${ACTION}: there is no option "${inside}${key}"${hint}`);
  }
}

/** A whole number within bounds. */
export function checkWhole(name: string, value: unknown, from: number, to: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= from && value <= to) {
    return value;
  }
  throw rangeError(name, `a whole number from ${from} to ${to}`, value);
}

/** A number within bounds. */
export function checkNumber(name: string, value: unknown, from: number, to: number): number {
  if (typeof value === "number" && value >= from && value <= to) return value;
  const bounds = to === Infinity ? `${from} or more` : `from ${from} to ${to}`;
  throw rangeError(name, `a number, ${bounds}`, value);
}

/** One of a few words. */
export function checkWord<W extends string>(name: string, value: unknown, words: readonly W[]): W {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw rangeError(name, words.map((word) => `"${word}"`).join(" or "), value);
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`${ACTION}: ${name} must be true or false, got ${show(value)}`);
}

export function checkString(name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new TypeError(
    `${ACTION}: ${name} must be a string with something in it, got ${show(value)}`,
  );
}

/** A function, or undefined. */
export function checkFunction<F>(name: string, value: F | undefined): F | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw new TypeError(`${ACTION}: ${name} must be a function, got ${show(value)}`);
}

export function rangeError(name: string, wanted: string, found: unknown): RangeError {
  return new RangeError(`${ACTION}: ${name} must be ${wanted}, got ${show(found)}`);
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
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
