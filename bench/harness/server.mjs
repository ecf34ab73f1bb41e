/** Starts a server subject, puts the load generator on it, reads what the server used. */
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { binaries } from "../peers/build.mjs";

const run = promisify(execFile);
const READY_MS = 15_000;

/**
 * A server subject: `command(params)` gives its argument list. The server's first line is
 * {"listening":"IP:PORT", …}; whatever else that line says is reported.
 */
export function server({ needs = [], env = {}, command }) {
  return {
    needs: ["c", ...needs],
    async run(params) {
      const started = await start(command(params), { ...process.env, ...env });
      try {
        return await load(started, params);
      } finally {
        started.child.kill("SIGKILL");
      }
    },
  };
}

function start([file, ...args], env) {
  return new Promise((resolve, reject) => {
    // Peers stop when their standard input closes, so it is a pipe that we hold.
    const child = spawn(file, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    let out = "";
    let err = "";
    const timer = setTimeout(() => failed("it did not say that it listens"), READY_MS);
    const failed = (why) => {
      child.kill("SIGKILL");
      const lines = err.trim().split("\n");
      const said = lines.find((line) => line.includes("Error")) ?? lines.at(-1);
      reject(new Error(`Cannot start server: ${why}: ${said}`));
    };
    process.once("exit", () => child.kill("SIGKILL"));
    child.on("error", (error) => failed(error.message));
    child.on("exit", (code, signal) => failed(`it ended with ${signal ?? code}`));
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.stdout.on("data", (chunk) => {
      out += chunk;
      if (!out.includes("\n")) return;
      clearTimeout(timer);
      child.stdout.removeAllListeners("data").resume();
      const { listening, ...about } = JSON.parse(out.slice(0, out.indexOf("\n")));
      resolve({ child, address: listening, about });
    });
  });
}

async function load({ child, address, about }, { conns, seconds, size, depth }) {
  const cpuBefore = cpuSeconds(child.pid);
  const args = [address, conns, seconds, size, depth].map(String);
  const { stdout } = await run(binaries.netload, args);
  const found = JSON.parse(stdout);
  if (found.errors || found.corrupt || found.alive !== conns) {
    throw new Error(`Cannot trust the server: the load generator found ${stdout.trim()}`);
  }
  const cpu = cpuSeconds(child.pid) - cpuBefore;
  return {
    n: found.n,
    ns_per_op: 1e9 / found.rps,
    ops_per_s: found.rps,
    p50_us: found.p50us,
    p99_us: found.p99us,
    rss_bytes: residentBytes(child.pid),
    extra: {
      p999_us: found.p999us,
      server_cpu_us_per_op: round3((cpu * 1e6) / found.answers),
      ...about,
      pid: undefined,
    },
  };
}

/** CPU seconds of a process so far; 0 where there is no /proc. */
function cpuSeconds(pid) {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return text ? (Number(fields[11]) + Number(fields[12])) / 100 : 0;
}

function residentBytes(pid) {
  const kib = /VmRSS:\s+(\d+)/.exec(readOrEmpty(`/proc/${pid}/status`));
  return kib ? Number(kib[1]) * 1024 : null;
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const round3 = (value) => Math.round(value * 1000) / 1000;
