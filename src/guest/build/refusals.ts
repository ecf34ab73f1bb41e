/**
 * What compiles and yet cannot work in a guest, since every worker has its own instance of it: it
 * is refused with its place and a way out.
 *
 * @module
 */

import {
  MEMORY_PAGES_MAX,
  STATICS_FIRST,
  STATICS_SLOT,
  STATICS_SLOTS,
} from "../../../assembly/shared/limits.ts";
import { GUEST_LIBRARY, WASI, WASI_FUNCTIONS } from "../../core/manifest.ts";
import type { Binaryen, BinaryenModule, Compiler, Element, Program, Type } from "./compiler.ts";
import type { Refuse } from "./tasks.ts";

/** Refuses flags with which the module would not fit into a runtime. */
export function refuseOptions({ options }: Program, refuse: Refuse): void {
  const wanted = {
    importMemory: true,
    sharedMemory: true,
    maximumMemory: MEMORY_PAGES_MAX,
    exportTable: true,
    exportStart: null, // Nobody would call it.
  };
  for (const [name, value] of Object.entries(wanted)) {
    const found = options[name as keyof typeof wanted];
    if (found === value) continue;
    refuse(null, `Option ${name} must be ${value}, as in "tokiwa/asconfig.json", got ${found}`);
  }
}

/** Refuses variables that all tasks would seem to share. */
export function refuseGlobals(program: Program, compiler: Compiler, refuse: Refuse): void {
  for (const file of program.filesByName.values()) {
    const { isLibrary, internalPath } = file.source;
    for (const global of globalsIn(file, compiler)) {
      if (isLibrary) refuseForeign(global, internalPath, compiler, refuse);
      else refuseGlobal(global, compiler, refuse);
    }
  }
}

/** Refuses objects that a library would keep from one task for another, if they are in use. */
function refuseForeign(
  global: Element,
  path: string,
  { CommonFlags }: Compiler,
  refuse: Refuse,
): void {
  const isUsed = global.is(CommonFlags.Resolved) && global.is(CommonFlags.Compiled);
  if (!isUsed || !global.type.isManaged || isStatic(global.type)) return;
  refuse(
    null,
    `Global object "${global.name}" of ${path} would be shared by all tasks, whose memory is ` +
      "apart; do without what uses it",
  );
}

/** Those of a file, of the namespaces in it, and the static fields of its classes. */
function globalsIn(parent: Element, compiler: Compiler): Element[] {
  const { Global, Namespace, ClassPrototype } = compiler.ElementKind;
  return [...(parent.members?.values() ?? [])].flatMap((element) => {
    if (element.kind === Global) return element.parent === parent ? [element] : [];
    const isOpen = element.kind === Namespace || element.kind === ClassPrototype;
    return isOpen ? globalsIn(element, compiler) : [];
  });
}

function refuseGlobal(global: Element, { CommonFlags }: Compiler, refuse: Refuse): void {
  const { Const, Export, Readonly, Resolved } = CommonFlags;
  const isConstant = global.is(Const) || global.is(Readonly);
  // A constant that nobody uses has no type yet, and is not in the module.
  const isObject = global.is(Resolved) && global.type.isManaged;
  const { range } = global.identifierNode;
  if (!isConstant) {
    refuse(
      range,
      `Global variable "${global.name}" would be another one on every worker, and a task moves ` +
        "between them; make it a const, or a local variable that is passed on",
    );
  } else if (isObject && global.is(Export) && global.type.signatureReference) {
    const advice = `write "export function ${global.name}" instead`;
    refuse(range, `Tasks are exported functions, and "${global.name}" is a constant; ${advice}`);
  } else if (isObject && !isStatic(global.type)) {
    refuse(
      range,
      `Global object "${global.name}" would be shared by all tasks, whose memory is apart; make ` +
        "it in the task that uses it, or use a string or a StaticArray of numbers",
    );
  }
}

/** Is an object of the type part of the static data, and never written to as it is used? */
function isStatic(type: Type): boolean {
  const name = type.toString();
  if (name === "~lib/string/String") return true;
  const [element] = type.classReference?.typeArguments ?? [];
  return name.startsWith("~lib/staticarray/StaticArray<") && element?.isReference === false;
}

/** What every guest may import from the host, whatever it uses of the library. */
const ALWAYS_THERE = ["abort", "rethrow"];

/** What there is of the host for guests, by module. */
const PROVIDED: Readonly<Record<string, readonly string[]>> = {
  env: [...GUEST_LIBRARY, ...ALWAYS_THERE],
  [WASI]: WASI_FUNCTIONS,
};

/** Refuses functions of the host that are not there. */
export function refuseImports(binaryen: Binaryen, module: BinaryenModule, refuse: Refuse): void {
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const { module: from, base } = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
    if (!from || !base || from === "tokiwa" || PROVIDED[from]?.includes(base)) continue;
    refuse(
      null,
      `Function "${base}" of "${from}" is not there for guests; ${adviceOn(from, base)}`,
    );
  }
}

function adviceOn(from: string, base: string): string {
  if (base.startsWith("console.time")) return "take the difference of two times of `now()`";
  if (from.startsWith("wasi_")) {
    return `there is ${WASI}, of which this is no part`;
  }
  return `declare it without @external, and load the guest with { functions: { ${base} } }`;
}

/** Where the module's static data stands. Refuses more than there is room for. */
export function staticsOf(
  program: Program,
  module: BinaryenModule,
  refuse: Refuse,
): readonly [number, number] {
  const from = program.options.memoryBase;
  let to = from;
  for (let index = 0; index < module.getNumDataSegments(); index++) {
    const { offset, data } = module.getDataSegmentInfo(module.getDataSegmentByIndex(index));
    to = Math.max(to, offset + data.byteLength);
  }
  const end = STATICS_FIRST + STATICS_SLOTS * STATICS_SLOT;
  if (from < STATICS_FIRST) {
    refuse(null, `Static data cannot stand at ${from}, the core's; use --slot or --memoryBase`);
  } else if (to > end) {
    refuse(
      null,
      `Static data has ${to - from} bytes, and ${end - from} are left from its slot on; use a ` +
        "lower --slot, or read large tables at run time",
    );
  }
  return [from, to];
}
