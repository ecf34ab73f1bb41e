import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

/** The core stands in the code as text in base64. */
const CORE = /[A-Za-z0-9+/=]{20000,}/;

/** The single file for pages without a bundler: it has everything. */
const file = readFileSync(new URL("../../dist/browser.js", import.meta.url), "utf8");

const kib = (bytes: string | Uint8Array) => gzipSync(bytes, { level: 9 }).length / 1024;

/** The JavaScript of a page that uses what `code` names, without the core. */
async function bundled(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL("../..", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    tsconfigRaw: {}, // Ours leads to the sources.
    write: false,
  });
  return outputFiles.map(({ text }) => text.replace(CORE, "")).join("");
}

/** The limits keep what pages load from growing unseen. They lie a little above what it is. */
describe("the JavaScript of a page has in gzip at most this many KiB", () => {
  test.each([
    [
      "with spawn, JoinSet, sleep, timeout, mpsc, oneshot, Mutex and Semaphore",
      27,
      `import { spawn, JoinSet, sleep, timeout, mpsc, oneshot, Mutex, Semaphore } from "tokiwa";
       console.log(spawn, JoinSet, sleep, timeout);
       console.log(mpsc.channel, oneshot.channel, Mutex, Semaphore);`,
    ],
    [
      "with spawn, JoinSet, all of time, and all of sync but codecs",
      33,
      `export { spawn, JoinSet } from "tokiwa/task";
       export * from "tokiwa/time";
       export { Barrier, broadcast, CancellationToken, Mutex, mpsc, Notify, OnceCell, oneshot,
         RwLock, Semaphore, SetOnce, watch } from "tokiwa/sync";`,
    ],
    ["with portable tasks", 55, 'export { spawn, task } from "tokiwa";'],
    ["with everything", 80, 'export * from "tokiwa";'],
  ])("%s: %i", async (_what, limit, code) => {
    expect(kib(await bundled(code))).toBeLessThan(limit);
  });

  test("in the file for pages without a bundler: 80", () => {
    expect(kib(file.replace(CORE, ""))).toBeLessThan(80);
  });
});

test("the core in the file for pages has at most 20 KiB in gzip", () => {
  const [core = ""] = CORE.exec(file) ?? [];
  expect(core).not.toBe("");
  expect(kib(Buffer.from(core, "base64"))).toBeLessThan(20);
});
