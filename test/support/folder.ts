/**
 * A folder of a test's own, for files that come and go.
 *
 * @module
 */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export class Folder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** One that is gone when the test is over. */
  static async create(): Promise<Folder> {
    const path = await mkdtemp(join(tmpdir(), "tokiwa-"));
    onTestFinished(() => rm(path, { recursive: true, force: true }));
    return new Folder(path);
  }

  /** The path of a file in it. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file; returns its path. */
  async write(name: string, text: string | Uint8Array): Promise<string> {
    await writeFile(this.at(name), text);
    return this.at(name);
  }
}
