/**
 * The declarations of a guest, by which TypeScript knows its tasks.
 *
 * @module
 */

import type { GuestArrayType } from "../../core/arrays.ts";
import { type GuestType, type GuestValueType, partsOf } from "../../core/manifest.ts";
import type { CalledFunction } from "./functions.ts";
import type { Task } from "./tasks.ts";

/** Typed arrays are called the same. */
const VALUES: Record<Exclude<GuestValueType, GuestArrayType>, string> = {
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

/** Numbers that are messages, or fields of those, and no arguments. */
const SMALL: Readonly<Record<string, string>> = {
  i8: "number",
  u8: "number",
  i16: "number",
  u16: "number",
  f32: "number",
};

/** What a guest takes besides what it would give. */
const ALSO: Readonly<Record<string, string>> = {
  "mpsc.Sender": "mpsc.UnboundedSender",
  "mpsc.Receiver": "oneshot.Receiver",
};

/** What handles are of, in `tokiwa`. */
const NAMES = [
  ...["Barrier", "broadcast", "CancellationToken", "mpsc", "Mutex", "Notify", "OnceCell"],
  ...["oneshot", "RwLock", "Semaphore", "SetOnce", "watch"],
];

/** The text of the `.d.ts` file. `name` is the module's. */
export function declarationsOf(
  name: string,
  tasks: readonly Task[],
  functions: readonly CalledFunction[],
): string {
  const lines = tasks.map(lineOf);
  const used = NAMES.filter((each) => lines.some((line) => new RegExp(`\\b${each}\\b`).test(line)));
  const names = functions.length === 0 ? ["GuestTask"] : ["GuestCall", "GuestTask"];
  return [
    `import type { ${[...names, ...used].join(", ")} } from "tokiwa";`,
    "",
    `/** The tasks of ${name}, as in \`runtime.load<Tasks>(url)\`. */`,
    "export interface Tasks {",
    ...lines,
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
      const list = parameters.map((type, index) => `${parameterNames[index]}: ${given(type)}`);
      const value = taken(result);
      const values = `${value} | PromiseLike<${value}>`;
      return `  ${own}(${[...list, "call: GuestCall"].join(", ")}): ${values};`;
    }),
    "}",
    "",
  ];
}

function lineOf({ name, parameters, parameterNames, result }: Task): string {
  const list = parameters.map((type, index) => `${parameterNames[index]}: ${taken(type)}`);
  return `  readonly ${name}: GuestTask<[${list.join(", ")}], ${given(result)}>;`;
}

/** What TypeScript may give where a guest takes a value. */
function taken(type: GuestType): string {
  if (type === "buffer") return "ArrayBuffer | Uint8Array";
  const { name, of } = partsOf(type);
  const other = ALSO[name];
  return other === undefined ? given(type) : `${given(type)} | ${other}<${message(of as string)}>`;
}

/** What TypeScript gets. */
function given(type: GuestType): string {
  const { name, of } = partsOf(type);
  return of === undefined
    ? (VALUES[type as keyof typeof VALUES] ?? type)
    : `${name}<${message(of)}>`;
}

/** The type of messages, by what they are called. */
function message(name: string): string {
  const fields = /^\{ (?<list>.+) \}$/.exec(name)?.groups?.list;
  if (fields === undefined) return VALUES[name as keyof typeof VALUES] ?? SMALL[name];
  const list = fields.split(", ").map((field) => {
    const [key = "", type = ""] = field.split(": ");
    return `${key}: ${message(type)}`;
  });
  return `{ ${list.join("; ")} }`;
}
