/**
 * What this machine and this host give.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { platform } from "#platform";
import { sockets } from "#sockets";

/** All that is found out without running anything. */
export interface Facts {
  readonly platform: string;
  /** The engine and its version. */
  readonly engine: string;
  readonly system: string;
  readonly cores: number;
  readonly cpu: string;
  /** May memory be handed to other threads? Without that, there is one thread. */
  readonly sharesMemory: boolean;
  /** May this thread sleep outside of its event loop? */
  readonly mayBlock: boolean;
  readonly reactor: string;
  readonly reactorReason: string;
  /** The least step of the clock, in microseconds. */
  readonly clockStepUs: number;
  /** How many files and sockets this process may have open; undefined where nobody tells. */
  readonly descriptors: Descriptors | undefined;
}

export interface Descriptors {
  /** The limit now. */
  readonly soft: number;
  /** What it may be raised to. */
  readonly hard: number;
}

/** Below this, a server runs out of descriptors long before it runs out of memory. */
const DESCRIPTORS_ENOUGH = 10_000;
/** What to ask for where there is no limit. */
const DESCRIPTORS_PLENTY = 65_536;
const CLOCK_LOOKS = 2000;

export async function collectFacts(): Promise<Facts> {
  return {
    platform: platform.name,
    engine: engineName(process.versions),
    system: `${process.platform} ${process.arch}`,
    cores: platform.parallelism,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    sharesMemory: platform.sharesMemory,
    mayBlock: platform.mayBlock,
    reactor: sockets?.reactorName() ?? "none",
    reactorReason: sockets?.reactorReason() ?? "this platform has no sockets",
    clockStepUs: clockStepUs(),
    descriptors: await descriptors(),
  };
}

/** What to do about a limit that is low; undefined if it is not. */
export function descriptorAdvice({ soft, hard }: Descriptors): string | undefined {
  if (soft >= DESCRIPTORS_ENOUGH) return undefined;
  if (hard <= soft) return "each connection takes one; the administrator may raise the hard limit";
  const wanted = Math.min(hard, DESCRIPTORS_PLENTY);
  return `each connection takes one: raise it with "ulimit -n ${wanted}"`;
}

function engineName({ node, v8, bun, deno }: NodeJS.ProcessVersions): string {
  if (bun !== undefined) return `Bun ${bun}`;
  if (deno !== undefined) return `Deno ${deno}, V8 ${v8}`;
  return `Node ${node}, V8 ${v8}`;
}

function clockStepUs(): number {
  let least = Number.POSITIVE_INFINITY;
  let before = performance.now();
  for (let look = 0; look < CLOCK_LOOKS; look++) {
    const now = performance.now();
    if (now > before) least = Math.min(least, now - before);
    before = now;
  }
  return least * 1000;
}

async function descriptors(): Promise<Descriptors | undefined> {
  const limits = await readFile("/proc/self/limits", "utf8").catch(() => "");
  const found = /^Max open files\s+(\w+)\s+(\w+)/m.exec(limits);
  if (found === null) return undefined;
  const [soft, hard] = found.slice(1).map((text) => (text === "unlimited" ? Infinity : +text));
  return { soft: soft as number, hard: hard as number };
}
