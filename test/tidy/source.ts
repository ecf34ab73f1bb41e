/**
 * Source files as the tidy rules see them: text, text without comments, and bare code.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Source {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** A rule's finding is one line that says where, what, and what to do. */
export type Rule = (sources: readonly Source[]) => string[];

/** What a build leaves beside a guest is nobody's text. */
const NOT_OURS = /node_modules|\bpeers\/|\.wasm\.d\.ts$/;

/** The files below the given folders whose names end in `.ts`, `.js` or `.mjs`. */
export function sourcesIn(...folders: string[]): Source[] {
  return folders.flatMap((folder) => {
    if (!existsSync(join(root, folder))) return [];
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
      .filter((path) => /\.(ts|mjs|js)$/.test(path) && !NOT_OURS.test(path))
      .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
  });
}

const COMMENT_OR_STRING =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/** Blanks comments and keeps every line where it is. */
export function withoutComments(text: string): string {
  return text.replace(COMMENT_OR_STRING, (found) => (found.startsWith("/") ? blank(found) : found));
}

/** Blanks comments and what stands in strings, so that only code can match. */
export function codeOnly(text: string): string {
  return text.replace(COMMENT_OR_STRING, (found) =>
    found.startsWith("/") ? blank(found) : found[0] + blank(found.slice(1, -1)) + found.at(-1),
  );
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

/** Reports each line on which `pattern` matches, as `path:line: message`. */
export function matches(path: string, text: string, pattern: RegExp, message: string): string[] {
  return text
    .split("\n")
    .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${message}`] : []));
}

export interface Import {
  readonly from: string;
  /** The path as written, or resolved from the root if it is relative. */
  readonly to: string;
  /** Leaves no trace when the program runs. */
  readonly typeOnly: boolean;
}

/** What a file imports or re-exports. Core files leave the extension out; it is put back. */
export function importsOf({ path, text }: Source): Import[] {
  const statement = /^[ \t]*(import|export)\s+(type\s)?(?:[^;"']*?\sfrom\s+)?["']([^"'\n]+)["']/gm;
  return [...withoutComments(text).matchAll(statement)].map(([, , type, name = ""]) => {
    const relative = name.startsWith(".");
    const file = posix.join(posix.dirname(path), name);
    const to = relative ? (/\.(ts|mjs|js)$/.test(file) ? file : `${file}.ts`) : name;
    return { from: path, to, typeOnly: type !== undefined };
  });
}
