/**
 * The examples in doc comments and in Markdown, each made a module that Node can run.
 *
 * @module
 */
import { build } from "esbuild";

/** A fenced block of code. */
export interface Example {
  /** Where it begins, as `path:line`. */
  readonly at: string;
  readonly code: string;
}

const FENCED = /^([ \t]*(?:\* )?)```[tj]s\n([\s\S]*?)^[ \t]*(?:\* )?```$/gm;

/** The TypeScript and JavaScript that a file shows. */
export function examplesIn(path: string, text: string): Example[] {
  return [...text.matchAll(FENCED)].map(({ index, 1: margin = "", 2: block = "" }) => ({
    at: `${path}:${text.slice(0, index).split("\n").length}`,
    code: block
      .split("\n")
      .map((line) => line.slice(Math.min(margin.length, line.length)))
      .join("\n"),
  }));
}

/** What its lines `log(…); // text` promise to print, in order. */
export function promisedBy({ code }: Example): string[] {
  return [...code.matchAll(/\blog\(.*\); \/\/ (.+)$/gm)].map(([, text = ""]) => text);
}

/** Which promises are not among the lines, in order. */
export function unkept(promises: readonly string[], lines: readonly string[]): string[] {
  let at = 0;
  return promises.filter((promise) => {
    const found = lines.indexOf(promise, at);
    if (found >= 0) at = found + 1;
    return found < 0;
  });
}

/**
 * Writes an example to `file` as plain JavaScript. What it uses but does not declare or import
 * is imported by the module `names`, if that exports it.
 */
export async function writeModule({ code, at }: Example, file: string, names: string) {
  await build({
    stdin: { contents: code, sourcefile: at, loader: "ts", resolveDir: "." },
    inject: [names],
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    // Lowers `using`, which Node 20 cannot parse.
    target: ["node20", "es2022"],
    // Named one by one: a package that imports itself does not count as a package.
    external: ["tokiwa", "tokiwa/*"],
    logLevel: "silent",
  });
}

/** A module that exports again what the packages' modules export, each name once. */
export async function namesOf(specifiers: readonly string[]): Promise<string> {
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const specifier of specifiers) {
    const fresh = Object.keys(await import(specifier)).filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    lines.push(`export { ${fresh.join(", ")} } from "${specifier}";`);
  }
  return lines.join("\n");
}
