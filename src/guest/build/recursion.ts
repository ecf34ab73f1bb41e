/**
 * Functions that call themselves, directly or through others, are not inlined.
 *
 * Binaryen inlines small functions wherever they are called, and that is in themselves, too. One
 * with two calls of itself grows with each pass to its square: the build would not end.
 *
 * @module
 */

import type { Binaryen, BinaryenModule } from "./compiler.ts";

/** By their names in Binaryen's text, each the functions that it calls. */
type Calls = Map<string, Set<string>>;

const FUNCTION = /^ \(func \$("[^"]*"|[^\s()]+)/;
const CALL = /\((?:return_)?call \$("[^"]*"|[^\s()]+)/g;

export function keepRecursion(binaryen: Binaryen, module: BinaryenModule): void {
  for (const name of recursive(callsIn(module.emitText()))) {
    binaryen.setPassArgument("no-inline", name.replaceAll('"', ""));
    module.runPasses(["no-inline"]);
  }
}

function callsIn(text: string): Calls {
  const calls: Calls = new Map();
  let callees = new Set<string>();
  for (const line of text.split("\n")) {
    const name = FUNCTION.exec(line)?.[1];
    if (name !== undefined) {
      callees = new Set();
      calls.set(name, callees);
    }
    for (const [, callee] of line.matchAll(CALL)) callees.add(callee as string);
  }
  return calls;
}

/** The functions on a circle of calls, and those that lead from one circle to another. */
function recursive(calls: Calls): string[] {
  const callers: Calls = new Map([...calls.keys()].map((name) => [name, new Set()]));
  for (const [name, callees] of calls) for (const callee of callees) callers.get(callee)?.add(name);
  const left = new Set(calls.keys());
  peel(left, calls, callers);
  peel(left, callers, calls);
  return [...left];
}

/** Takes out whoever is followed by nobody who is left, and then those before them, and so on. */
function peel(left: Set<string>, after: Calls, before: Calls): void {
  const isEnd = (name: string) => ![...(after.get(name) ?? [])].some((other) => left.has(other));
  const ends = [...left].filter(isEnd);
  for (const name of ends) left.delete(name);
  for (let name = ends.pop(); name !== undefined; name = ends.pop()) {
    for (const other of before.get(name) ?? []) {
      if (!left.has(other) || !isEnd(other)) continue;
      left.delete(other);
      ends.push(other);
    }
  }
}
