import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const kib = (bytes: number) => bytes / 1024;

/** The single file for pages, with the core, which stands in it as text in base64. */
const file = readFileSync(new URL("../../dist/browser.js", import.meta.url), "utf8");
const core = /[A-Za-z0-9+/=]{20000,}/.exec(file)?.[0] ?? "";

/** What pages load is to become 25 KiB and 20 KiB: the limits keep it from growing unseen. */
test("the JavaScript of the file for pages has at most this many KiB in gzip", () => {
  expect(kib(gzipSync(file.replace(core, ""), { level: 9 }).length)).toBeLessThan(75);
});

test("the core in the file for pages has at most this many KiB in gzip", () => {
  expect(core).not.toBe("");
  const bytes = Buffer.from(core, "base64");
  expect(kib(gzipSync(bytes, { level: 9 }).length)).toBeLessThan(20);
});
