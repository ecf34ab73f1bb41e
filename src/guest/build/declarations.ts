/**
 * The declarations of a guest, by which TypeScript knows its tasks.
 *
 * @module
 */

import type { GuestType } from "../../core/manifest.ts";
import type { CalledFunction } from "./functions.ts";
import type { Task } from "./tasks.ts";

const VALUES: Record<GuestType, string> = {
  void: "void",
  bool: "boolean",
  i32: "number",
  u32: "number",
  i64: "bigint",
  u64: "bigint",
  f64: "number",
  string: "string",
  buffer: "ArrayBuffer",
};

/** The text of the `.d.ts` file. `name` is the module's. */
export function declarationsOf(
  name: string,
  tasks: readonly Task[],
  functions: readonly CalledFunction[],
): string {
  const used = functions.length === 0 ? "GuestTask" : "GuestCall, GuestTask";
  return [
    `import type { ${used} } from "tokiwa";`,
    "",
    `/** The tasks of ${name}, as in \`runtime.load<Tasks>(url)\`. */`,
    "export interface Tasks {",
    ...tasks.map(lineOf),
    "}",
    "",
    ...functionLines(name, functions),
  ].join("\n");
}

function functionLines(name: string, functions: readonly CalledFunction[]): string[] {
  if (functions.length === 0) return [];
  return [
    `/** What ${name} calls, as in \`runtime.load<Tasks, Functions>(url, { functions })\`. */`,
    "export interface Functions {",
    ...functions.map(({ name: own, parameters, parameterNames, result }) => {
      const list = parameters.map((type, index) => `${parameterNames[index]}: ${VALUES[type]}`);
      const value = taken(result);
      const values = `${value} | PromiseLike<${value}>`;
      return `  ${own}(${[...list, "call: GuestCall"].join(", ")}): ${values};`;
    }),
    "}",
    "",
  ];
}

/** What TypeScript may give where a guest takes a value. */
function taken(type: GuestType): string {
  return type === "buffer" ? "ArrayBuffer | Uint8Array" : VALUES[type];
}

function lineOf({ name, parameters, parameterNames, result }: Task): string {
  const list = parameters.map((type, index) => `${parameterNames[index]}: ${taken(type)}`);
  return `  readonly ${name}: GuestTask<[${list.join(", ")}], ${VALUES[result]}>;`;
}
