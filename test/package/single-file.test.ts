import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.mjs";
import { shownBy } from "../support/shown.ts";
import { serveWeb } from "../support/web-server.mjs";

const browser = await launchChromium();
/** It is not the page's own server that has `dist/browser.js`. */
const elsewhere = await serveWeb(true, {});
afterAll(async () => {
  await browser.close();
  elsewhere.close();
});

const example = (name: string) =>
  readFileSync(new URL(`../../examples/bundlers/${name}`, import.meta.url), "utf8");
const bytes = (text: string) => Buffer.from(text.replaceAll('"tokiwa"', `"${FILE}"`));
const FILE = `${elsewhere.origin}/dist/browser.js`;

/** The page of the bundlers' example, as one script that no bundler has seen. */
const files = {
  "/index.html": bytes(
    example("index.html").replace(
      /<script.*/,
      `<script type="module">${example("app.js").replace(/startWorker.*/, "")}</script>`,
    ),
  ),
  "/tasks.js": bytes(example("tasks.js")),
};

test("one script has workers run portable tasks, with the one file of another origin", async () => {
  expect(await shownBy(browser, files, true)).toBe("17984 (multiThread)");
});

test("one script does without the two headers", async () => {
  expect(await shownBy(browser, files, false)).toBe("17984 (currentThread)");
});
