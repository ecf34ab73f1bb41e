import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";
import { type Rule, root, type Source, sourcesIn } from "./source.ts";

/** The emitted declarations: every type is written out there, and bodies are gone. */
const TYPES = "dist/types/src";

/** A declaration, or a member of one. */
interface Declared {
  readonly path: string;
  /** For a member, the declaration it is in. */
  readonly owner: string | undefined;
  readonly name: string;
  readonly docs: string;
  /** Its first line. */
  readonly text: string;
}

const OUTER =
  /^export (?:declare |abstract )*(?:function|class|const|let|interface|type) (?<name>\w+)/;
const MEMBER = /^ {4}(?:(?:static|readonly|abstract|get|set) )*(?<name>\w+|\[[\w.]+\])\??[<(:]/;
/** What waits. A `JoinHandle` is not in it: who gets one has started a task, and waits later. */
const WAITS = /(?:\)|\w): (?:Future|Promise|Sleep|AsyncGenerator)\b[^)]*;$/;

/** All that a file of declarations declares, with members, in the order of the file. */
function declaredIn({ path, text }: Source): Declared[] {
  const found: Declared[] = [];
  let owner: string | undefined;
  for (const [, docs = "", line = ""] of text.matchAll(
    /(?:^ *(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n)?^(?! *\/\*\*)(.*)$/gm,
  )) {
    const outer = OUTER.exec(line)?.groups?.name;
    if (/^\S/.test(line)) owner = outer;
    const name = outer ?? MEMBER.exec(line)?.groups?.name;
    if (name === undefined || owner === undefined) continue;
    const last = found.at(-1);
    const isOverload = docs === "" && last?.name === name;
    found.push({
      path,
      owner: outer === undefined ? owner : undefined,
      name,
      docs: isOverload ? last.docs : docs,
      text: line,
    });
  }
  return found;
}

/** What can be reached through the indexes, with the classes that it extends. */
function publicIn(sources: readonly Source[]): Declared[] {
  const all = sources.flatMap(declaredIn);
  const reached = new Set<Declared>();
  const reach = (isIt: (declared: Declared) => boolean) => {
    const outer = all.find((declared) => declared.owner === undefined && isIt(declared));
    if (outer === undefined || reached.has(outer)) return;
    for (const entry of all) {
      if (entry.path !== outer.path || (entry.owner ?? entry.name) !== outer.name) continue;
      if (!entry.docs.includes("@internal")) reached.add(entry);
    }
    const [, base] = /^export.*(?:class|interface).* extends (\w+)/.exec(outer.text) ?? [];
    if (base !== undefined) reach(({ name }) => name === base);
  };
  for (const { path, text } of sources.filter(({ path }) => path.endsWith("/index.d.ts"))) {
    for (const [, names = "", from = ""] of text.matchAll(/^export .*\{([^}]*)\} from "(.+)";/gm)) {
      const home = posix.join(posix.dirname(path), from.replace(/\.js$/, ".d.ts"));
      for (const name of names.match(/\w+(?=\s*(,|$))/g) ?? []) {
        reach((declared) => declared.path === home && declared.name === name);
      }
    }
  }
  return [...reached];
}

const publicNamesAreDocumented: Rule = (sources) =>
  publicIn(sources)
    .filter(({ owner, docs }) => owner === undefined && docs === "")
    .map(({ path, name }) => `${path}: ${name} is public, document it`);

const waitsTellTheirCancelSafety: Rule = (sources) =>
  publicIn(sources)
    .filter(({ text, name }) => WAITS.test(text) && name !== "[Symbol.asyncDispose]")
    .filter(({ docs }) => !docs.includes("**Cancel safety.**"))
    .map(({ path, owner, name }) => {
      const title = owner === undefined ? name : `${owner}.${name}`;
      return `${path}: ${title} waits, say under **Cancel safety.** what is lost`;
    });

const built = existsSync(join(root, TYPES));
const sources = sourcesIn(TYPES);

const INDEX = {
  path: `${TYPES}/time/index.d.ts`,
  text: 'export { A, type B } from "./a.js";\nexport { f, g } from "./f.js";\n',
};

test.runIf(built)("every name that an index exports has a doc comment", () => {
  expect(publicIn(sources).length).toBeGreaterThan(300);
  expect(publicNamesAreDocumented(sources)).toEqual([]);
});

test("a public name without a doc comment is found", () => {
  const text =
    "/** A. */\nexport declare class A {\n    x: number;\n}\nexport interface B {\n}\n" +
    "interface C {\n}\n";
  const functions = "/** F. */\nexport declare function f(): void;\nexport declare const g: 1;\n";
  const files = [
    { path: `${TYPES}/time/a.d.ts`, text },
    { path: `${TYPES}/time/f.d.ts`, text: functions },
  ];
  expect(publicNamesAreDocumented([INDEX, ...files])).toEqual([
    `${TYPES}/time/a.d.ts: B is public, document it`,
    `${TYPES}/time/f.d.ts: g is public, document it`,
  ]);
});

test.runIf(built)("what returns a future or a promise tells its cancel safety", () => {
  expect(waitsTellTheirCancelSafety(sources)).toEqual([]);
});

test("a wait that does not tell its cancel safety is found", () => {
  const base = "export declare class Base {\n    /** P. */\n    get p(): Promise<void>;\n}\n";
  const text =
    "/** A. */\nexport declare class A extends Base {\n" +
    "    /** **Cancel safety.** Nothing is lost. */\n    a(x: 1): Future<void>;\n" +
    "    a(): Future<void>;\n    /** B. */\n    static b<T>(f: () => Promise<T>): Promise<T>;\n" +
    "    /** @internal */\n    c(): Promise<void>;\n    d(f: () => Promise<void>): void;\n" +
    "    /** Same. */\n    [Symbol.asyncDispose](): Promise<void>;\n}\n";
  const functions = "/** F. */\nexport declare function f(): Sleep;\n";
  const files = [
    { path: `${TYPES}/time/a.d.ts`, text: base + text },
    { path: `${TYPES}/time/f.d.ts`, text: functions },
  ];
  const found = waitsTellTheirCancelSafety([INDEX, ...files]);
  const names = found.map((line) => line.replace(/^.*: (\S+) waits.*$/, "$1"));
  expect(names.sort()).toEqual(["A.b", "Base.p", "f"]);
});
