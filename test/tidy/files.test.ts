import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { matches, type Rule, root, sourcesIn } from "./source.ts";

/** Names that say nothing about what is inside. */
const BANNED = ["utils", "util", "helpers", "helper", "common", "types", "misc"];

/** What may stand beside package.json; the rest of the project lives below these. */
const TOP_LEVEL = [
  ["package.json", "package-lock.json", "asconfig.json", "tsconfig.json", "biome.json"],
  ["vitest.config.ts", "README.md", "LICENSE"],
  ["assembly", "src", "test", "bench", "examples", "web-demo"],
].flat();
const MADE_BY_TOOLS = ["node_modules", "dist", "build"];

const namesSaySomething: Rule = (sources) =>
  sources.flatMap(({ path }) => {
    const name = (path.split("/").at(-1) ?? "").replace(/(\.test)?\.\w+$/, "");
    if (BANNED.includes(name)) return [`${path}: name it after its concept`];
    // Conformance tests have the names of their upstream files.
    const upstream = path.startsWith("test/conformance/");
    if (upstream && /^[a-z0-9_]+$/.test(name)) return [];
    return /^[a-z0-9]+([-.][a-z0-9]+)*$/.test(name) ? [] : [`${path}: file names are kebab-case`];
  });

const noLeftovers: Rule = (sources) =>
  sources.flatMap(({ path, text }) =>
    // Spelt so that this file does not report itself.
    matches(path, text, /\b(TO[D]O(?!\(#\d+\))|FIX[M]E|XX[X])\b/, "finish it, or name its issue"),
  );

const linesFit: Rule = (sources) =>
  sources.flatMap(({ path, text }) => matches(path, text, /^.{101}/, "longer than 100 columns"));

const filesFit: Rule = (sources) =>
  sources.flatMap(({ path, text }) => {
    // A conformance test follows its upstream file, however long that is.
    if (path.startsWith("test/conformance/")) return [];
    const lines = text.split("\n").length - 1;
    return lines > 500 ? [`${path}: ${lines} lines, 500 at most: split it by concept`] : [];
  });

function strayNames(names: readonly string[]): string[] {
  return names
    .filter((name) => !name.startsWith(".") && !MADE_BY_TOOLS.includes(name))
    .filter((name) => !TOP_LEVEL.includes(name));
}

/** Every path that the `exports` and `imports` of package.json lead to. */
function targetsOf(entry: unknown): string[] {
  if (typeof entry === "string") return [entry];
  return entry !== null && typeof entry === "object" ? Object.values(entry).flatMap(targetsOf) : [];
}

const sources = sourcesIn("assembly", "src", "test", "bench", "examples", "web-demo", ".ci");
const line = (text: string) => [{ path: "src/task/a.ts", text }];

test("file names say what is inside", () => {
  expect(namesSaySomething(sources)).toEqual([]);
  expect(namesSaySomething([{ path: "src/net/utils.ts", text: "" }])).toHaveLength(1);
  expect(namesSaySomething([{ path: "src/net/TcpStream.ts", text: "" }])).toHaveLength(1);
  expect(namesSaySomething([{ path: "test/net/tcp-stream.test.ts", text: "" }])).toEqual([]);
});

test("no marker of unfinished work is left", () => {
  expect(noLeftovers(sources)).toEqual([]);
  expect(noLeftovers(line(`// TO${"DO"}: later`))).toHaveLength(1);
  expect(noLeftovers(line(`// TO${"DO"}(#12): later`))).toEqual([]);
});

test("lines have at most 100 columns", () => {
  expect(linesFit(sources)).toEqual([]);
  expect(linesFit(line("x".repeat(101)))).toHaveLength(1);
});

test("files have at most 500 lines", () => {
  expect(filesFit(sources)).toEqual([]);
  expect(filesFit(line("x\n".repeat(501)))).toHaveLength(1);
});

test("the top level holds what the architecture lists", () => {
  expect(strayNames(readdirSync(root))).toEqual([]);
  expect(strayNames(["scripts", "src", ".ci"])).toEqual(["scripts"]);
});

test("package.json leads to files that the build makes", () => {
  const description = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const targets = [...targetsOf(description.exports), ...targetsOf(description.imports)];
  expect(targets.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(targetsOf({ a: { types: "x" }, b: "y" })).toEqual(["x", "y"]);
});

test("package-lock.json names no registry", () => {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  expect(matches("package-lock.json", lock, /"resolved": "https?:/, "has an address")).toEqual([]);
});

/** Packages without a checksum, and optional ones that are named but have no entry. */
function unlocked(packages: Record<string, Locked>): string[] {
  return Object.entries(packages).flatMap(([path, { integrity, optionalDependencies = {} }]) => {
    const places = (name: string) => [`node_modules/${name}`, `${path}/node_modules/${name}`];
    const missing = Object.keys(optionalDependencies).filter(
      (name) => !places(name).some((place) => place in packages),
    );
    return path !== "" && integrity === undefined ? [path, ...missing] : missing;
  });
}

interface Locked {
  readonly integrity?: string;
  readonly optionalDependencies?: Record<string, string>;
}

test("package-lock.json has a checksum for every package, other systems' too", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  expect(unlocked(packages)).toEqual([]);
  const found = unlocked({
    "": {},
    a: { optionalDependencies: { b: "1" }, integrity: "x" },
    c: {},
  });
  expect(found).toEqual(["b", "c"]);
});
