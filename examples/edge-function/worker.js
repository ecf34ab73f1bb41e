/**
 * A function at the edge: asks several services at once, each for so long, and serves so many
 * requests at a time.
 *
 *   GET /?url=…&url=…      the status of each, or why there is none
 */
import { ElapsedError, JoinSet, Runtime, Semaphore, timeout } from "tokiwa";

/** Requests that are served at a time, by one isolate. */
const AT_ONCE = 4;
const PATIENCE_MS = 500;

/** The isolate's, like the default runtime that it belongs to. */
const slots = new Semaphore(AT_ONCE);

export default {
  /** What a request begins ends with it. So has each its own runtime. */
  async fetch(request, _env, execution) {
    using slot = slots.tryAcquire();
    if (slot === undefined) return new Response("Too many requests", { status: 429 });
    const urls = new URL(request.url).searchParams.getAll("url");
    const runtime = await Runtime.create({ flavor: "currentThread" });
    try {
      return Response.json(await runtime.run(() => askAll(urls)));
    } finally {
      execution?.waitUntil(runtime.shutdown());
    }
  },
};

/** @param {string[]} urls */
async function askAll(urls) {
  const calls = new JoinSet();
  for (const url of urls) calls.spawn(async () => [url, await ask(url)]);
  return Object.fromEntries(await calls.joinAll());
}

/** What a service answers; a call that takes too long is aborted. */
async function ask(url) {
  try {
    return await timeout(PATIENCE_MS, async (signal) => (await fetch(url, { signal })).status);
  } catch (error) {
    return error instanceof ElapsedError ? "too slow" : "no answer";
  }
}
