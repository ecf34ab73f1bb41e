/**
 * The declarations of a guest, by which TypeScript knows its tasks.
 *
 * @module
 */

import type { GuestType } from "../../core/manifest.ts";
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
export function declarationsOf(name: string, tasks: readonly Task[]): string {
  return [
    'import type { GuestTask } from "tokiwa";',
    "",
    `/** The tasks of ${name}, as in \`runtime.load<Tasks>(url)\`. */`,
    "export interface Tasks {",
    ...tasks.map(lineOf),
    "}",
    "",
  ].join("\n");
}

function lineOf({ name, parameters, parameterNames, result }: Task): string {
  const list = parameters.map((type, index) => {
    const wanted = type === "buffer" ? "ArrayBuffer | Uint8Array" : VALUES[type];
    return `${parameterNames[index]}: ${wanted}`;
  });
  return `  readonly ${name}: GuestTask<[${list.join(", ")}], ${VALUES[result]}>;`;
}
