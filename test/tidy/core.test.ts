import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codeOnly, matches, type Rule, root, sourcesIn, withoutComments } from "./source.ts";

const sharedIsConstants: Rule = (sources) =>
  sources
    .filter(({ path }) => path.startsWith("assembly/shared/"))
    .flatMap(({ path, text }) => {
      const rest = withoutComments(text).replace(
        /export const [A-Z][A-Z0-9_]*(: number)? =[\sA-Z0-9a-fx_+*/<>|()~.-]+;/g,
        (found) => found.replace(/[^\n]/g, ""),
      );
      const message = "shared/ holds only `export const NAME = number;` and comments";
      return matches(path, rest, /\S/, message);
    });

const wordsOnlyInOffsetof: Rule = (sources) =>
  sources.flatMap(({ path, text }) =>
    matches(
      path,
      codeOnly(text),
      /\.[a-z]\w*Word\b(?!\s*\()/,
      "a …Word field is contended; reach it by offsetof and sys/atomic",
    ),
  );

/** `atomic` may also be what a file calls our own wrappers, so the builtin's shape counts. */
const atomicsOnlyInSys: Rule = (sources) =>
  sources
    .filter(({ path }) => !path.startsWith("assembly/sys/"))
    .flatMap(({ path, text }) => {
      const ours = /import \* as atomic from ["'][./]+sys\/atomic["']/.test(text);
      const pattern = ours
        ? /\batomic\.\w+<|\b(memory|i32|i64)\.atomic\b/
        : /\batomic\.\w+|\bmemory\.atomic\b/;
      return matches(path, codeOnly(text), pattern, "atomics stay in assembly/sys; use its words");
    });

/** The text form of a release core must show neither of these. */
function strangersIn(wat: string): string[] {
  const findings: string[] = [];
  if (wat.includes("~lib/rt")) findings.push("the core contains the managed runtime (~lib/rt)");
  if (/\(import "[^"]*model|\(import "[^"]*" "[^"]*model/i.test(wat)) {
    findings.push("the release core imports the model's step");
  }
  return findings;
}

/** Names in the interface of `src/core/exports.ts`, methods and properties alike. */
function interfaceNames(text: string): string[] {
  const body =
    /interface CoreExports\b[^{]*\{([\s\S]*?)\n\}/.exec(withoutComments(text))?.[1] ?? "";
  return [...body.matchAll(/^ {2}(?:readonly )?([a-zA-Z]\w*)\s*[(:?]/gm)].map(
    ([, name = ""]) => name,
  );
}

/** What the compiled core offers: exactly what `assembly/index.ts` exports. */
function wasmNames(path: string): string[] {
  const module = new WebAssembly.Module(readFileSync(join(root, path)));
  return WebAssembly.Module.exports(module).flatMap(({ name }) =>
    name === "memory" ? [] : [name],
  );
}

/** Guests are bound to these, and the host never calls them. */
function isForGuests(name: string): boolean {
  return name.startsWith("guest");
}

const sources = sourcesIn("assembly");
const built = existsSync(join(root, "dist/core.shared.wasm"));

test("shared/ is constants and comments", () => {
  expect(sharedIsConstants(sources)).toEqual([]);
  const good =
    "/** Words. */\nexport const SIZE = 4 * 16; // bytes\nexport const B: number = 0xff;\n";
  expect(sharedIsConstants([{ path: "assembly/shared/a.ts", text: good }])).toEqual([]);
  const bad = 'import { a } from "./b";\nexport let x = 1;';
  expect(sharedIsConstants([{ path: "assembly/shared/a.ts", text: bad }])).toHaveLength(2);
});

test("…Word fields are mentioned only in offsetof", () => {
  expect(wordsOnlyInOffsetof(sources)).toEqual([]);
  const bad = 'task.stateWord = 1;\noffsetof<Task>("stateWord");\n  stateWord: u32;';
  expect(wordsOnlyInOffsetof([{ path: "assembly/task/a.ts", text: bad }])).toHaveLength(1);
});

test("Wasm atomics stay in assembly/sys", () => {
  expect(atomicsOnlyInSys(sources)).toEqual([]);
  const bad = "atomic.load<u32>(a);\nmemory.atomic.notify(a, 1);\n// atomic.load";
  expect(atomicsOnlyInSys([{ path: "assembly/task/a.ts", text: bad }])).toHaveLength(2);
  const ours = 'import * as atomic from "../sys/atomic";\natomic.load(a);\natomic.load<u32>(a);';
  expect(atomicsOnlyInSys([{ path: "assembly/task/a.ts", text: ours }])).toHaveLength(1);
});

test("the release cores hold no managed runtime and no model import", () => {
  for (const target of ["shared", "local"]) {
    const path = join(root, `build/core.${target}.wat`);
    if (existsSync(path)) expect(strangersIn(readFileSync(path, "utf8")), target).toEqual([]);
  }
  expect(strangersIn("(func $~lib/rt/stub/__new")).toHaveLength(1);
  expect(strangersIn('(import "model" "step" (func $step))')).toHaveLength(1);
  expect(strangersIn('(import "env" "modelStep" (func $step))')).toHaveLength(1);
});

test("assembly/index.ts and what guests know of it agree", () => {
  if (!built) return;
  const text = readFileSync(join(root, "assembly/sdk/tokiwa.ts"), "utf8");
  const declared = [...text.matchAll(/^export declare function (\w+)/gm)].map(([, name]) => name);
  expect(wasmNames("dist/core.shared.wasm").filter(isForGuests).sort()).toEqual(declared.sort());
});

test("assembly/index.ts and src/core/exports.ts agree", () => {
  expect(interfaceNames("interface CoreExports {\n  /** x */\n  a(b: number): void;\n}")).toEqual([
    "a",
  ]);
  const path = join(root, "src/core/exports.ts");
  if (!built || !existsSync(path)) return;
  const declared = interfaceNames(readFileSync(path, "utf8")).sort();
  for (const target of ["shared", "local"]) {
    const names = wasmNames(`dist/core.${target}.wasm`).filter((name) => !isForGuests(name));
    expect(names.sort(), target).toEqual(declared);
  }
});
