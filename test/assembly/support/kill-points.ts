/**
 * The core as it is shipped, with a step before each place where a killed thread may stop: V8 looks
 * for that where a function or a round of a loop begins, and nowhere else.
 *
 * It is the built core and no probe, as it depends on what was inlined which calls there are. Name
 * one with names in TOKIWA_CORE to read where a thread was killed.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import binaryen from "binaryen";
import { root } from "../../tidy/source.ts";

/** What a step throws in the thread that is killed there. */
export class Killed extends Error {}

/** Counts the steps of the one thread that runs, until it is killed. */
export class Countdown {
  #left = Number.POSITIVE_INFINITY;
  #isFatal = false;

  /** Steps from the next one on are counted: the thread dies at the `steps`th. */
  arm(steps: number): void {
    this.#left = steps;
    this.#isFatal = true;
  }

  /** Steps from the next one on are those of survivors, who come to an end. */
  disarm(): void {
    this.#left = 1e6;
    this.#isFatal = false;
  }

  readonly step = (place: number): void => {
    this.#left -= 1;
    if (this.#left > 0) return;
    throw this.#isFatal ? new Killed(nameOf(place)) : new Error(`Endless: ${nameOf(place)}`);
  };
}

/** Loops of a function, at most. */
const LOOPS = 1000;
const functions: string[] = [];

const nameOf = (place: number): string =>
  `${functions[Math.floor(place / LOOPS)]}, loop ${place % LOOPS}`;

/** The core with its steps. It imports `host.step`. */
export function instrumented(): WebAssembly.Module {
  const path = process.env.TOKIWA_CORE ?? join(root, "dist/core.shared.wasm");
  const original = binaryen.readBinary(readFileSync(path));
  const changed = binaryen.parseText(withSteps(original.emitText()));
  original.dispose();
  changed.setFeatures(binaryen.Features.All);
  const binary = changed.emitBinary();
  changed.dispose();
  return new WebAssembly.Module(binary as Uint8Array<ArrayBuffer>);
}

/** Goes through the text that Binaryen writes, which has one thing a line. */
function withSteps(text: string): string {
  const lines: string[] = [];
  let isHeader = false;
  let loops = 0;
  const step = () => `(call $step (i32.const ${(functions.length - 1) * LOOPS + loops}))`;
  for (const line of text.split("\n")) {
    const isLocal = /^ {2}\(local /.test(line);
    if (isHeader && !isLocal) lines.push(step());
    isHeader = isHeader && isLocal;
    lines.push(line);
    const name = /^ \(func \$(\S+)/.exec(line)?.[1];
    if (name !== undefined) {
      functions.push(name);
      isHeader = true;
      loops = 0;
    } else if (/^\s*\(loop /.test(line)) {
      loops += 1;
      lines.push(step());
    }
  }
  const first = lines.findIndex((line) => line.startsWith(" (import "));
  return lines.toSpliced(first, 0, ' (import "host" "step" (func $step (param i32)))').join("\n");
}
