/**
 * Cloudflare's workerd, serving one handler.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFor } from "./bundle.mjs";

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "core.edge.wasm", wasm = embed "core.edge.wasm"),
  ],
  compatibilityDate = "2026-04-01",
);
`;

/** Serves the default export of `entry`; gives its origin, and what ends it. */
export async function serveOnWorkerd(binary, entry) {
  const { code, core } = await bundleFor("workerd", entry, { format: "esm" });
  const folder = await mkdtemp(join(tmpdir(), "tokiwa-workerd-"));
  await writeFile(join(folder, "config.capnp"), CONFIG);
  await writeFile(join(folder, "worker.js"), code);
  await writeFile(join(folder, "core.edge.wasm"), core);
  const args = ["serve", "config.capnp", "--control-fd=3"];
  const child = spawn(binary, args, {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const port = await portOf(child);
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      child.kill("SIGKILL");
      await rm(folder, { recursive: true });
    },
  };
}

/** What it tells on the pipe that it was given for that. */
async function portOf(child) {
  let text = "";
  for await (const chunk of child.stdio[3].setEncoding("utf8")) {
    text += chunk;
    const port = /"port":\s*(\d+)/.exec(text)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error(`workerd does not serve: ${text}`);
}
