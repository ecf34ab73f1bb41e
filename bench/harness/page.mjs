/** Runs subjects in a page of a real Chromium, which may share memory. */
import { launchChromium } from "../../test/support/chromium.mjs";
import { serveWeb } from "../../test/support/web-server.mjs";

/**
 * A subject that runs in a page: the export `name` of the module at that path of the project, with
 * the params. The module may import "tokiwa".
 */
export function inPage(path, name, needs = []) {
  return {
    needs,
    async run(params) {
      const server = await serveWeb(true, {});
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        await page.goto(server.origin);
        return await page.evaluate(runSubject, [path, name, params]);
      } finally {
        await browser.close();
        server.close();
      }
    },
  };
}

/** Runs in the page. */
async function runSubject([path, name, params]) {
  const subjects = await import(path);
  return subjects[name](params);
}
