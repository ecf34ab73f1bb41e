/**
 * What the guest's calls of the SDK are given types for that they cannot work with: it is refused
 * at the guest's own line.
 *
 * Generic functions are checked here, and not where they stand, since the compiler would name the
 * line of the SDK.
 *
 * @module
 */

import type { Binaryen, Element, Program, Range, Type } from "./compiler.ts";
import { type ExpressionRef, infoOf, partsOf } from "./expressions.ts";
import { type Refuse, shortName } from "./tasks.ts";

/** Says what is wrong with a type, and where that is declared, if it is. */
type Check = (type: Type) => Iterable<{ readonly range?: Range; readonly message: string }>;

/** What the type of a function of the SDK must be like: by the file, and the function. */
const CHECKS: readonly (readonly [file: string, name: string, check: Check])[] = [
  ["values", "sizeOf", crossing],
  ["values", "place", guarded],
  ["values", "messageOf", sent],
  ["handle", "luggage", moved],
  ["socket", "dataOf", buffer],
];

const ADVICE =
  "numbers, strings, ArrayBuffers, typed arrays, arrays of numbers and objects whose fields are " +
  "numbers can";
const BYTES = /^~lib\/(string\/String|arraybuffer\/ArrayBuffer|typedarray\/\w+)$/;
const BUFFER =
  /^~lib\/(arraybuffer\/ArrayBuffer|typedarray\/Uint8Array|staticarray\/StaticArray<[iu]8>)$/;
const HANDLE = "~lib/tokiwa/assembly/handle/Handle";

/** Refuses what a guest gives to tasks, channels, locks and sockets that is nothing for them. */
export function refuseCrossings(program: Program, binaryen: Binaryen, refuse: Refuse): void {
  for (const [file, name, check] of CHECKS) {
    const exports = program.filesByName.get(`~lib/tokiwa/assembly/${file}`)?.exports;
    const instances = [...(exports?.get(name)?.instances?.values() ?? [])];
    for (const type of new Set(instances.flatMap(({ typeArguments }) => typeArguments ?? []))) {
      for (const { range, message } of check(type)) {
        refuse(range ?? placeOf(type.toString(), program, binaryen), message);
      }
    }
  }
}

/** Where the guest's own code calls the SDK with a type: the shortest such piece of it. */
function placeOf(type: string, program: Program, binaryen: Binaryen): Range | null {
  let shortest: Range | null = null;
  for (const { debugLocations } of program.instancesByName.values()) {
    for (const [ref, range] of debugLocations ?? []) {
      if (range.source.isLibrary || (shortest && lengthOf(range) >= lengthOf(shortest))) continue;
      if (calls(ref, type, binaryen)) shortest = range;
    }
  }
  return shortest;
}

const lengthOf = ({ start, end }: Range): number => end - start;

/** Is there a call of the SDK in an expression, or is it one, that has to do with a type? */
function calls(ref: ExpressionRef, type: string, binaryen: Binaryen): boolean {
  const { target = "" } = infoOf(binaryen, ref);
  if (target.startsWith("~lib/tokiwa/") && isAbout(target, type)) return true;
  return [...partsOf(binaryen, ref)].some(([, part]) => calls(part, type, binaryen));
}

/** Is a type among those that a function is an instance for, or those of its class? */
function isAbout(name: string, type: string): boolean {
  const written = type.replaceAll(" ", ""); // As it stands in names.
  return [...name.matchAll(/[<,]/g)].some(({ index }) => {
    const rest = name.slice(index + 1);
    return rest.startsWith(written) && /^[>,]/.test(rest.slice(written.length));
  });
}

/** What is copied from task to task must not lead into the first one's memory. */
function* crossing(type: Type): ReturnType<Check> {
  const { classReference } = type;
  const name = type.toString();
  if (classReference === null || BYTES.test(name) || isArrayOfNumbers(type)) return;
  // What the SDK has of its own is told by its fields, as the guest's own classes are.
  const isLibrary = /^~lib\/(?!tokiwa\/)/.test(name);
  if (type.isNullableReference || isLibrary) {
    yield {
      message: `A value of type ${shortName(name)} cannot cross to another task; ${ADVICE}`,
    };
    return;
  }
  for (const { name: field, range } of referencesIn(classReference)) {
    const fault = `cannot cross to another task, as its field "${field}" is no number; ${ADVICE}`;
    yield { range, message: `${classReference.name} ${fault}` };
  }
}

/** What stands in a lock's block is copied as it is, and used in place. */
function* guarded(type: Type): ReturnType<Check> {
  const { classReference } = type;
  if (classReference === null) return;
  const name = type.toString();
  const isLibrary = /^~lib\//.test(name);
  if (!isLibrary && !type.isNullableReference && referencesIn(classReference).length === 0) return;
  const advice = "it can guard numbers, and objects whose fields are numbers";
  yield { message: `A lock cannot guard a value of type ${shortName(name)}; ${advice}` };
}

function* sent(type: Type): ReturnType<Check> {
  if (!isUnmanaged(type)) return;
  const name = shortName(type.toString());
  yield {
    message: `A handle of type ${name} cannot be sent; give it to "spawn" as an argument`,
  };
}

/** What goes along with a spawned task. */
function* moved(type: Type): ReturnType<Check> {
  if (!isUnmanaged(type) || isHandle(type.classReference)) return;
  const name = shortName(type.toString());
  const way = name.startsWith("Channel<")
    ? "give it the sender or the receiver"
    : name.startsWith("JoinHandle<")
      ? "the task that has spawned it joins it; an AbortHandle may be sent"
      : "handles can";
  yield { message: `A value of type ${name} cannot be moved to another task; ${way}` };
}

function* buffer(type: Type): ReturnType<Check> {
  const name = type.toString();
  if (BUFFER.test(name)) return;
  const advice = "a Uint8Array, an ArrayBuffer or a StaticArray of bytes is one";
  yield { message: `A value of type ${shortName(name)} is no buffer; ${advice}` };
}

/** The fields of a class that are no numbers. */
function referencesIn({ members }: Element): { name: string; range: Range }[] {
  return [...(members?.values() ?? [])]
    .filter(({ instance }) => instance?.isField && instance.type.isReference)
    .map(({ name, identifierNode: { range } }) => ({ name, range }));
}

function isArrayOfNumbers(type: Type): boolean {
  const [element] = type.classReference?.typeArguments ?? [];
  const isArray = /^~lib\/array\/Array<[^|]*>$/.test(type.toString());
  return isArray && element?.isReference === false;
}

function isUnmanaged({ isReference, isManaged }: Type): boolean {
  return isReference && !isManaged;
}

function isHandle(type: Element | null): boolean {
  // Ends: no class is its own base.
  for (let one = type; one; one = one.base) if (one.internalName === HANDLE) return true;
  return false;
}
