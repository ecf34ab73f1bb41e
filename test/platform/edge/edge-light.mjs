/**
 * Vercel's edge-runtime, serving one handler.
 *
 * @module
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { bundleFor } from "./bundle.mjs";

const ANSWER = "handler.default.fetch(event.request)";

/** Serves the default export of `entry`; gives its origin, and what ends it. */
export async function serveOnEdgeLight(packages, entry) {
  const { EdgeRuntime, runServer } = createRequire(join(packages, "package.json"))("edge-runtime");
  const { code, core } = await bundleFor("edge-light", entry, {
    format: "iife",
    globalName: "handler",
    // The platform's bundler makes a variable of the module.
    banner: { js: "const require = () => globalThis.core;" },
    footer: { js: `addEventListener("fetch", (event) => event.respondWith(${ANSWER}));` },
  });
  const module = new WebAssembly.Module(core);
  const extend = (context) => Object.assign(context, { core: module });
  const runtime = new EdgeRuntime({ initialCode: code, extend });
  const server = await runServer({ runtime, port: 0, host: "127.0.0.1" });
  return { origin: new URL(server.url).origin, close: () => server.close() };
}
