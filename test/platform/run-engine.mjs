/**
 * Runs the program of an engine to its end, or for so long.
 *
 * @module
 */
import { spawn } from "node:child_process";

/** All cases take some seconds. */
const ENGINE_MAX_MS = 120_000;

/**
 * What the program has said of each case, and how it ended if that was not well: a thread that died
 * in between may have been replaced, and only the engine complains.
 */
export async function runEngine([program, ...args], cwd) {
  // A group of its own: a browser's processes end with it.
  const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complaints += text;
  });
  const timer = setTimeout(() => killGroup(child.pid), ENGINE_MAX_MS);
  const ending = await new Promise((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("close", (code, signal) => resolve(signal ?? code));
  });
  clearTimeout(timer);
  killGroup(child.pid);
  const results = output.split("\n").flatMap(resultIn);
  const isWell = ending === 0 && complaints === "";
  return isWell ? { results } : { results, ending: `it ended with ${ending}: ${complaints}` };
}

/** Engines may print lines of their own in between. */
function resultIn(line) {
  try {
    const result = JSON.parse(line);
    return typeof result?.feature === "string" ? [result] : [];
  } catch {
    return [];
  }
}

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}
