/**
 * What a page shows that computes something.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { serveWeb } from "./web-server.mjs";

/** Serves the page that these files are; gives what its `output` comes to have, or it throws. */
export async function shownBy(
  browser: Browser,
  files: Record<string, Uint8Array>,
  isolated: boolean,
): Promise<string> {
  const server = await serveWeb(isolated, { ...files, "/": files["/index.html"] as Uint8Array });
  const page = await browser.newPage();
  try {
    const thrown = new Promise<string>((resolve) =>
      page.on("pageerror", (error) => resolve(`${error}`)),
    );
    await page.goto(server.origin);
    const shown = page.locator("output:not(:empty)").textContent();
    return (await Promise.race([shown, thrown])) ?? "";
  } finally {
    await page.close();
    server.close();
  }
}
