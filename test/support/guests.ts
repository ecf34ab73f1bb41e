/** Guests of tests: built from AssemblyScript into a folder of their own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildGuest } from "tokiwa/build";

/** A guest that was built, until its folder is removed. */
export interface BuiltGuest {
  readonly module: URL;
  remove(): Promise<void>;
}

/** Builds a file of `test/guest/fixtures`. */
export async function built(fixture: string): Promise<BuiltGuest> {
  const folder = await mkdtemp(join(tmpdir(), `tokiwa-${fixture}-`));
  const entry = fileURLToPath(new URL(`../guest/fixtures/${fixture}.ts`, import.meta.url));
  const outFile = join(folder, `${fixture}.wasm`);
  await buildGuest({ entry, outFile });
  const remove = () => rm(folder, { recursive: true, force: true });
  return { module: pathToFileURL(outFile), remove };
}
