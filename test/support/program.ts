/**
 * Programs run as a user would run them: each a process of its own.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import { until } from "./waiting.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const running = new Set<Program>();

afterEach(async () => {
  const programs = [...running];
  for (const program of programs) program.kill("SIGKILL");
  await Promise.all(programs.map((program) => program.ended));
});

/** How a process ended: `signal` is null unless a signal ended it. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  readonly env?: Record<string, string>;
  /** Flags of Node's own, before the file. */
  readonly flags?: readonly string[];
  /** How many descriptors it may have open. */
  readonly descriptorLimit?: number;
}

/** A Node program under way; it is killed after the test if it is still there. */
export class Program {
  readonly lines: string[] = [];
  readonly ended: Promise<End>;
  end: End | undefined;
  errors = "";
  readonly #child: ChildProcess;
  readonly #answers: unknown[] = [];

  /** Starts `file`, named from the repository's root, with its arguments. */
  constructor(file: string, args: readonly string[] = [], options: ProgramOptions = {}) {
    const { env, flags = [], descriptorLimit } = options;
    const command = [process.execPath, ...flags, file, ...args];
    if (descriptorLimit !== undefined) {
      command.unshift("bash", "-c", `ulimit -n ${descriptorLimit} && exec "$@"`, "bash");
    }
    const [first, ...rest] = command as [string, ...string[]];
    const child = spawn(first, rest, {
      cwd: root,
      env: { ...process.env, PORT: "0", ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child = child;
    running.add(this);
    this.#readLines();
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text;
    });
    child.on("message", (message) => this.#answers.push(message));
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        running.delete(this);
        this.end = { code, signal };
        resolve(this.end);
      });
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** The first match of `pattern` among the lines of its output, from `from` on. */
  async line(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    for (;;) {
      for (const line of this.lines.slice(from)) {
        const match = pattern.exec(line);
        if (match !== null) return match;
      }
      this.#mustRun(`a line like ${pattern}`);
      await nextLook();
    }
  }

  /** Where it says that it listens: the first `127.0.0.1:port` of its output. */
  async port(): Promise<number> {
    return Number((await this.line(/127\.0\.0\.1:(\d+)/))[1]);
  }

  /** Sends a question over the channel between parent and child; resolves to the answer. */
  async ask<T>(question: unknown): Promise<T> {
    const count = this.#answers.length;
    this.#child.send(question as object);
    while (this.#answers.length === count) {
      this.#mustRun("an answer");
      await nextLook();
    }
    return this.#answers[count] as T;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #readLines(): void {
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
    });
  }

  #mustRun(wanted: string): void {
    if (this.end === undefined) return;
    const said = [...this.lines, this.errors].join("\n");
    const { code, signal } = this.end;
    throw new Error(`Expected ${wanted}, but it ended with ${signal ?? code}: ${said}`);
  }
}

/** Runs a program to its end. */
export async function runProgram(file: string, args: string[] = [], options: ProgramOptions = {}) {
  const program = new Program(file, args, options);
  const end = await program.ended;
  return { ...end, lines: program.lines, errors: program.errors };
}

/** How many descriptors a process has open. */
export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Resident memory of a process, in bytes. */
export function residentBytesOf(pid: number): number {
  const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(found?.[1]) * 1024;
}

/** CPU time that a process has used so far, in milliseconds, in steps of ten. */
export function cpuMsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The share of a core that a process uses, once it has settled, measured over `ms`. */
export async function cpuShareOf(pid: number, ms: number): Promise<number> {
  // Settled: nothing used for a fifth of a second, so that start and cleanup are over.
  let [before, since] = [cpuMsOf(pid), performance.now()];
  await until(() => {
    const now = cpuMsOf(pid);
    if (now !== before) [before, since] = [now, performance.now()];
    return performance.now() - since > 200;
  });
  const begin = performance.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return (cpuMsOf(pid) - before) / (performance.now() - begin);
}

function nextLook(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}
