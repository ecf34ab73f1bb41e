/** Runs subjects in a page of a real Chromium, which may share memory. */
import { launchChromium } from "../../test/support/chromium.mjs";
import { traceMainThread } from "../../test/support/main-thread.mjs";
import { serveWeb } from "../../test/support/web-server.mjs";

/**
 * A subject that runs in a page: the export `name` of the module at that path of the project, with
 * the params. The module may import "tokiwa".
 */
export function inPage(path, name, needs = []) {
  return { needs, run: (params) => withPage((page) => runIn(page, path, name, params)) };
}

/** The same, with what the trace says of the page's main thread meanwhile. */
export function inTracedPage(path, name) {
  return {
    run: (params) =>
      withPage(async (page, browser) => {
        let found;
        const tasks = await traceMainThread(browser, page, async () => {
          found = await runIn(page, path, name, params);
        });
        const { long, longestMs, longestCpuMs, count } = tasks;
        const extra = { long_tasks: long, longest_ms: longestMs, longest_cpu_ms: longestCpuMs };
        return { ...found, extra: { ...extra, tasks: count } };
      }),
  };
}

async function withPage(body) {
  const server = await serveWeb(true, {});
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(server.origin);
    return await body(page, browser);
  } finally {
    await browser.close();
    server.close();
  }
}

const runIn = (page, path, name, params) => page.evaluate(runSubject, [path, name, params]);

/** Runs in the page. */
async function runSubject([path, name, params]) {
  const subjects = await import(path);
  return subjects[name](params);
}
