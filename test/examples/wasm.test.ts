import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { Folder } from "../support/folder.ts";
import { runProgram } from "../support/program.ts";

const env = { TOKIWA_WORKER_THREADS: "2" };

test("wasm-counter counts everything once", async () => {
  const { code, lines, errors } = await runProgram("examples/wasm-counter/main.js", ["200"], {
    env,
  });
  expect(errors).toBe("");
  expect(code).toBe(0);
  expect(lines[0]).toMatch(/^10 tasks have counted to 2000 in \d+ ms$/);
}, 60_000);

test("wasm-pipeline gives results in the order of the lines", async () => {
  const folder = await Folder.create();
  const texts = Array.from({ length: 1000 }, (_, at) => `line ${at}: ${"wörd ".repeat(at % 40)}`);
  await writeFile(folder.at("lines.txt"), texts.join("\n"));
  const file = folder.at("lines.txt");
  const { code, lines, errors } = await runProgram("examples/wasm-pipeline/main.js", [file], {
    env,
  });
  expect(code).toBe(0);
  expect(errors).toBe("a worker has done 500 lines\n".repeat(2));
  expect(lines).toEqual(texts.map((text) => `${checksum(text)}  ${text}`));
}, 60_000);

function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}
