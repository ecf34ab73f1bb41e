import { expect, test } from "vitest";
import { importsOf, type Rule, type Source, sourcesIn } from "./source.ts";

/**
 * Who may import whom: a file may import its own row and the rows above it. The longest prefix
 * of a path decides. Type-only imports are free, since they are gone when the program runs.
 */
const CORE_ROWS = [
  ["assembly/shared/"],
  // Compiled into guests, which have the core's functions by name alone.
  ["assembly/sdk/"],
  ["assembly/sys/"],
  ["assembly/memory/", "assembly/collection/"],
  ["assembly/task/"],
  ["assembly/queue/"],
  ["assembly/time/", "assembly/io/", "assembly/sync/"],
  ["assembly/scheduler/"],
  ["assembly/exports/"],
  ["assembly/index.ts"],
];
const HOST_ROWS = [
  ["assembly/shared/"],
  ["src/error/"],
  ["src/platform/platform.ts"],
  // The platforms stand beside the core: they load it, and their reactors read its memory.
  ["src/core/", "src/platform/"],
  // A task is a future that is polled by a worker, so the protocol comes with the tasks.
  ["src/task/", "src/future/"],
  ["src/time/", "src/sync/", "src/io/", "src/net/", "src/guest/"],
  ["src/stream/"],
  ["src/worker/"],
  ["src/runtime/"],
  ["src/testing/"],
  ["src/index.ts"],
  ["src/doctor/"],
  ["src/cli/"],
];

const ARROWS_POINT_DOWN = arrows(CORE_ROWS, HOST_ROWS);

function arrows(coreRows: string[][], hostRows: string[][]): Rule {
  return (sources) =>
    sources.flatMap((source) => {
      const rows = source.path.startsWith("assembly/") ? coreRows : hostRows;
      const own = rowOf(rows, source.path);
      if (own === undefined) return [`${source.path}: no row in arrows.test.ts, add its folder`];
      return importsOf(source).flatMap(({ to, typeOnly }) => {
        const target = /^#(platform|sockets|ffi)$/.test(to) ? "src/platform/platform.ts" : to;
        if (typeOnly || !/^(src|assembly)\//.test(target)) return [];
        const other = rowOf(rows, target);
        if (other === undefined) return [`${source.path}: may not import ${to} at all`];
        return other > own ? [`${source.path}: imports ${to}, which points upward`] : [];
      });
    });
}

function rowOf(rows: string[][], path: string): number | undefined {
  // The index of a folder is public surface: it re-exports and nothing imports it.
  if (/^src\/.*\/index\.ts$/.test(path)) return rows.length - 1;
  let longest = "";
  let found: number | undefined;
  for (const [index, prefixes] of rows.entries()) {
    for (const prefix of prefixes) {
      if (!path.startsWith(prefix) || prefix.length <= longest.length) continue;
      longest = prefix;
      found = index;
    }
  }
  return found;
}

const noCycles: Rule = (sources) => {
  const targets = new Map(sources.map((source) => [source.path, runtimeImports(source)]));
  const findings: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) findings.push(`cycle: ${[...trail.slice(start), path].join(" → ")}`);
    if (start >= 0 || finished.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return findings;
};

function runtimeImports(source: Source): string[] {
  return importsOf(source).flatMap(({ to, typeOnly }) => (typeOnly ? [] : [to]));
}

const nobodyImportsAnIndex: Rule = (sources) =>
  sources.flatMap((source) =>
    importsOf(source)
      .filter(({ to }) => /^src\/(.*\/)?index\.ts$/.test(to))
      .map(({ to }) => `${source.path}: imports ${to}; import the file that declares the name`),
  );

const sources = sourcesIn("assembly", "src");

test("imports point down the rows of the architecture", () => {
  expect(ARROWS_POINT_DOWN(sources)).toEqual([]);
  const upward = { path: "src/core/a.ts", text: 'import { x } from "../runtime/x.ts";' };
  expect(ARROWS_POINT_DOWN([upward])).toHaveLength(1);
  const across = {
    path: "src/core/a.ts",
    text: 'import {\n  x,\n} from "../../assembly/io/x.ts";',
  };
  expect(ARROWS_POINT_DOWN([across])).toHaveLength(1);
  const homeless = { path: "src/nowhere/a.ts", text: "" };
  expect(ARROWS_POINT_DOWN([homeless])).toHaveLength(1);
  const coreUpward = { path: "assembly/sys/a.ts", text: 'import * as x from "../task/x";' };
  expect(ARROWS_POINT_DOWN([coreUpward])).toHaveLength(1);
});

test("imports form no cycle", () => {
  expect(noCycles(sources)).toEqual([]);
  const one = { path: "src/task/a.ts", text: 'import { b } from "./b.ts";' };
  const two = { path: "src/task/b.ts", text: 'export { a } from "./a.ts";' };
  expect(noCycles([one, two])).toHaveLength(1);
});

test("nobody inside src imports an index", () => {
  expect(nobodyImportsAnIndex(sources)).toEqual([]);
  const bad = { path: "src/net/a.ts", text: 'import { b } from "../time/index.ts";' };
  expect(nobodyImportsAnIndex([bad])).toHaveLength(1);
});
