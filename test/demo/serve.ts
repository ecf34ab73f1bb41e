/**
 * The demo as people start it, for tests that drive it in a browser.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts `web-demo/serve.mjs`, which ends by itself should nobody close it. */
export async function serveDemo(...args: string[]) {
  const command = ["web-demo/serve.mjs", "--minutes", "10", ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const [address] = /^http:\S+/.exec(line) ?? [];
    if (address !== undefined) return { address, close: () => child.kill() };
  }
  throw new Error("Cannot serve the demo: it ended before it listened");
}
