/**
 * A gate that threads without any memory in common can wait at: a file that is there or not.
 *
 * @module
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Every gate of this test file: a task may wait at one until the file's very end. */
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Closed until {@linkcode Gate.open}. Its fixtures wait for the file to appear. */
export class Gate {
  readonly #folder = mkdtempSync(join(tmpdir(), "tokiwa-gate-"));
  /** Give this to the task. */
  readonly path = join(this.#folder, "open");

  constructor() {
    folders.push(this.#folder);
  }

  /** Lets everybody pass. */
  open(): void {
    writeFileSync(this.path, "");
  }

  /** A file that a task makes to say that it has come so far. */
  mark(name: string): string {
    return join(this.#folder, name);
  }

  hasMark(name: string): boolean {
    return existsSync(this.mark(name));
  }
}
