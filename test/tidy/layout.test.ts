import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./source.ts";

/** Structs of the layout file, each with the prefix of its fields. */
const STRUCTS = [
  "RUNTIME",
  "WORKER",
  "TASK",
  "WAITER",
  "IO",
  "INJECTOR",
  "IDLE",
  "SHARED_LIST",
  "PRIMITIVE",
  "STAKE",
];

interface Field {
  readonly name: string;
  readonly from: number;
  /** Exclusive, as far as the comment tells; arrays count as their first element. */
  readonly to: number;
}

/** The fields of a struct in the order of their offsets. */
function fieldsOf(text: string, struct: string): Field[] {
  const line = /^export const ([A-Z0-9_]+) = (\d+);(?: \/\/ (.*))?$/gm;
  return [...text.matchAll(line)]
    .map(([, name = "", offset, comment = ""]) => ({ name, from: Number(offset), comment }))
    .filter(({ name }) => name.startsWith(`${struct}_`) && !/_(SIZE|FLAG_\w+)$/.test(name))
    .map(({ name, from, comment }) => ({ name, from, to: from + widthOf(comment) }))
    .sort((a, b) => a.from - b.from);
}

function widthOf(comment: string): number {
  return /^[fu]64/.test(comment) ? 8 : /^u8/.test(comment) ? 1 : 4;
}

function overlaps(text: string): string[] {
  return STRUCTS.flatMap((struct) => {
    const fields = fieldsOf(text, struct);
    return fields.flatMap((field, index) => {
      const next = fields[index + 1];
      return next !== undefined && field.to > next.from ? [`${field.name}, ${next.name}`] : [];
    });
  });
}

test("fields of a struct do not overlap", () => {
  const text = readFileSync(join(root, "assembly/shared/layout.ts"), "utf8");
  expect(fieldsOf(text, "WORKER").length).toBeGreaterThan(50);
  expect(overlaps(text)).toEqual([]);
  const sample = "export const TASK_A = 8; // f64\nexport const TASK_B = 12;\n";
  expect(overlaps(sample)).toEqual(["TASK_A, TASK_B"]);
});
